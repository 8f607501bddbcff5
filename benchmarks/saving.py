"""Saves what a measurement found, for the tables of the README."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@contextmanager
def saved(name: str) -> Iterator[dict[str, Any]]:  # Any: JSON
    """Yield a dictionary; save it, with the seconds that passed, unless an exception is raised."""
    started = time.monotonic()
    found: dict[str, Any] = {"load_at_start": os.getloadavg()[0]}
    yield found
    found["seconds"] = round(time.monotonic() - started)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")
