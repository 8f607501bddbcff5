"""Gives the headers of a captured request to the extractors that services really use."""
