"""Plants: changes of the libraries that the claims' tests must notice. `make plants` runs them all."""
