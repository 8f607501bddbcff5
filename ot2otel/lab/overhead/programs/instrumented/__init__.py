"""The untraced flows with the instrumentation of Flask and requests that most people install."""
