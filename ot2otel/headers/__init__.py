"""What trace headers mean: a captured request, read by the extractors that services really use."""
