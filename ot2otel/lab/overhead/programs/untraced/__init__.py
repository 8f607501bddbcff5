"""The flows without tracing: what every other variant is measured against."""
