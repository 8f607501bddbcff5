"""Coverage-guided fuzzing of what comes over a wire or from a file: `make fuzz`."""
