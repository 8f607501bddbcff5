"""Compares two recordings by rules: pure, recordings in and a verdict out."""
