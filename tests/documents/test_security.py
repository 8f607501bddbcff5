"""SECURITY.md tells the bounds that the code has."""

from __future__ import annotations

import re
from pathlib import Path

from ot2otel.receive.collector import application, connection, descriptors, http
from ot2otel.wire import checked, otlp_json

DOCUMENT = Path(__file__).parents[2] / "SECURITY.md"
_UNITS = {"KiB": 1024, "MiB": 1024 * 1024, "": 1}


def test_the_bounds_are_those_of_the_receiver() -> None:
    rows = re.findall(r"^\| (.+?) \| ([\d,]+) ?(KiB|MiB)?.* \|$", DOCUMENT.read_text(encoding="utf-8"), re.M)

    assert [int(number.replace(",", "")) * _UNITS[unit] for _, number, unit in rows] == [
        application.MAX_BODY,
        http._MAX_HELD,
        connection._MAX_HEAD,
        checked.MAX_ELEMENTS,
        otlp_json._MAX_DEPTH,
        descriptors.MOST_CONNECTIONS,
        application._MAX_MEMBERS,
    ]
