"""What tracing costs: the programs that are measured, and pytest's tables of it."""
