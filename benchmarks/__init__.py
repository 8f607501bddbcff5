"""What tracing costs, and what receiving it does."""
