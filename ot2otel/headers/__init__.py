"""What trace headers mean: a captured request, handed to the extractors that services really use."""
