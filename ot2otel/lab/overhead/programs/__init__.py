"""The measured programs: each runs in its own process by `python -m` and reads its task from its input."""
