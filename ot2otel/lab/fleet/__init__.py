"""Every variant calling every other: which pairs keep a trace in one piece, and how a fleet can move."""
