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
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8") as device:
            device.writelines(pieces)
    else:
        _replace(target, pieces)


def _replace(target: Path, pieces: Iterable[str]) -> None:
    """Write a file beside the target, then put it in the target's place."""
    unfinished = target.with_name(f".ot2otel-{secrets.token_hex(4)}")
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
