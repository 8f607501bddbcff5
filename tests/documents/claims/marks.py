"""The marks of claims in the documents, and of tests in their files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

claim = pytest.mark.claim
HERE = Path(__file__).parent


def made(text: str) -> set[str]:
    """Return the claims that a document makes, each marked as `[✓][id]`."""
    return set(re.findall(r"\[✓\]\[([\w-]+)\]", text))


def tests() -> Mapping[str, Path]:
    """Return the files of the tests by claim; raise ValueError if two tests have the same claim."""
    found: dict[str, Path] = {}
    for path in sorted(HERE.glob("test_*.py")):
        for name in re.findall(r"^@claim\(\"([\w-]+)\"\)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            if name in found:
                raise ValueError(f"{path.name} and {found[name].name} both test {name}")
            found[name] = path
    return found
