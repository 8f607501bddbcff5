"""A service that is gone between the line that it listens and the first connection."""

import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
print(f"server-2 listening on http://127.0.0.1:{port}", flush=True)
