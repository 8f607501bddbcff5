"""The laboratory: runs, compares and measures small distributed programs in several variants."""
