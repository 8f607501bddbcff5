"""Writes a text file: it is complete, or it is as it was before."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path


def write_whole(pieces: Iterable[str], path: Path) -> None:
    """Write the pieces to `path`, over an existing file; raise OSError.

    After an error or an interrupt an existing file is as it was. A link stays a link, and a device is written
    to.
    """
    target = _target(path)
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as device:
            device.writelines(pieces)
    else:
        _replace(target, pieces)


def check_writable(path: Path) -> None:
    """Raise OSError if `write_whole` can't write to `path` now, before there is anything to write."""
    target = _target(path)
    if target.is_file() or not target.exists():
        probe = _beside(target)
        probe.open("x").close()
        probe.unlink()


def _target(path: Path) -> Path:
    """Return the file behind the links of `path`; raise IsADirectoryError."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return target


def _beside(target: Path) -> Path:
    return target.with_name(f".ot2otel-{secrets.token_hex(4)}")


def _replace(target: Path, pieces: Iterable[str]) -> None:
    """Write a file beside the target, then put it in the target's place."""
    unfinished = _beside(target)
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
