"""Verdicts and recordings as people and programs like to read them: values in, text out."""
