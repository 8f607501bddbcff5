"""Everything that the variants share and that is not tracing: ports, serving, queues."""
