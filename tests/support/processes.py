"""Looks at processes from outside."""

from __future__ import annotations

from pathlib import Path


def runs(pid: int) -> bool:
    """Tell whether a process runs; one that waits for its parent to take its exit code does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
