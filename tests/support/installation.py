"""Wheels of this repository, installed in virtualenvs of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.runs import ROOT, SDK

CONSTRAINTS = ROOT / ("constraints.txt" if SDK == (1, 39, 1) else "constraints-newest.txt")


def _clean() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}


def run(command: Sequence[str | Path], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=_clean(), capture_output=True, text=True, timeout=900, check=False
    )


def built_wheel(directory: Path) -> Path:
    """Build the wheel into an empty directory."""
    built = run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, ROOT], directory
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = directory.glob("*.whl")
    return found


def installed_in(directory: Path, wheel: Path, extras: str = "") -> Path:
    """Make a virtualenv with the wheel and some extras; return its `bin`."""
    wanted = f"ot2otel[{extras}] @ {wheel.as_uri()}" if extras else wheel
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", directory],
        [
            directory / "bin" / "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--constraint",
            CONSTRAINTS,
            wanted,
        ],
    ]
    for command in commands:
        done = run(command, directory.parent)
        assert done.returncode == 0, done.stderr
    return directory / "bin"
