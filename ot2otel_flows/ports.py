"""The documented ports of the flows' services."""

from __future__ import annotations

from collections.abc import Mapping

# By flow and service, in the order of starting the services.
PORTS: Mapping[str, Mapping[str, int]] = {
    "hello": {"server-2": 8081, "server-1": 8082},
    "frontend_backend": {"backend": 8083, "frontend": 8084},
    "orders": {"user-service": 8085, "order-service": 8086},
    "events": {"archiver": 8087, "validator": 8088, "intake": 8089},
}
# Added to each port when all variants run side by side.
SHIFTS: Mapping[str, int] = {"legacy": 0, "shim": 100, "native": 200, "auto": 300}
