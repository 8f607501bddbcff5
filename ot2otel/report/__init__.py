"""Verdicts and recordings as text, for people and for programs: values in, text out."""
