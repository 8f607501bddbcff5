"""Packets as real libraries sent them, each beside the spans it holds, and recordings of the flows.

`make golden` makes them again, and what else is here, in both lanes.
"""

from pathlib import Path

DIRECTORY = Path(__file__).parent
PACKETS = DIRECTORY / "packets"
RECORDINGS = DIRECTORY / "recordings"
LIBRARIES = DIRECTORY / "libraries"
# Names a Jaeger that runs, like http://127.0.0.1:16686, with its usual ports.
JAEGER_URL = "OT2OTEL_JAEGER_URL"
# The variable that keeps this machine's name and address out of what jaeger-client sends.
OF_NO_MACHINE = {"JAEGER_TAGS": "hostname=golden,ip=192.0.2.1"}


def packet(name: str) -> bytes:
    return (PACKETS / name).read_bytes()


def spans_document(name: str) -> bytes:
    """Return the OTLP/JSON document of the spans that the packet holds."""
    return (PACKETS / name).with_suffix(".json").read_bytes()
