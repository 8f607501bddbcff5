"""Tests of the documents: what they link to, show and claim."""
