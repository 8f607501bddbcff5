"""Programs that are not ours and that a test needs.

A test bears `@peer("redis")`; `make peers-redis` runs all such tests. Without the program a test is skipped;
where the environment variable CI is set it fails, so that nothing goes untested there unnoticed.
"""

from __future__ import annotations

import importlib
import os
import shutil
from types import ModuleType
from typing import NoReturn

import pytest


def peer(name: str) -> pytest.MarkDecorator:
    """Return the mark of a test that needs this peer."""
    return pytest.mark.peer(name=name)


def program(name: str) -> str:
    """Return the program's path; where it is missing, skip or fail the test that asks."""
    return shutil.which(name) or missing(f"{name} is not installed")


def module(name: str, distribution: str) -> ModuleType:
    """Return the imported module; where it is missing, skip or fail the test and name the distribution."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.partition(".")[0]:
            raise  # it is there, and lacks something itself
        missing(f"{name} is not installed: install {distribution}")


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where CI is set."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI is set", pytrace=False)
    pytest.skip(reason)
