"""What the variants of the flows share and is no tracing: ports, serving, queues."""
