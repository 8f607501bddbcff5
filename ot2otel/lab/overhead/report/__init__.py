"""The cost of tracing as text, as JSON and as a page."""
