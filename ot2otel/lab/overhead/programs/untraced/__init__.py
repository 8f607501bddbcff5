"""The flows without tracing: the baseline of every other variant."""
