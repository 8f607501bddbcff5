"""What tracing costs, as text, as JSON and as a page."""
