"""Two flows on OpenTracing's integrations for Flask and requests, which make all spans."""
