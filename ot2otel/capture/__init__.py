"""Runs a program whose spans are to arrive here: its environment variables, and its process."""
