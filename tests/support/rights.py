"""The rights of an ordinary user in a test that root runs: root may read and write every file."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

# linux/capability.h: version 3 has two words of each set, for capabilities 0-31 and 32-63.
_VERSION = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
_Header = ctypes.c_uint32 * 2  # the version, and 0 for this thread
_Sets = ctypes.c_uint32 * 6  # effective, permitted and inheritable, twice


@contextmanager
def of_an_ordinary_user() -> Iterator[None]:
    """Let this thread obey the modes of files in the block."""
    if os.geteuid() != 0:
        yield
        return
    kernel = ctypes.CDLL(None, use_errno=True)
    before = _Sets()
    _called(kernel.capget(_Header(_VERSION), before))
    without = _Sets(*before)
    without[0] &= ~_OVERRIDES
    _called(kernel.capset(_Header(_VERSION), without))
    try:
        yield
    finally:
        _called(kernel.capset(_Header(_VERSION), before))


def _called(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "the capabilities of this thread could not be changed")
