"""Finds which tracing libraries the Python environment of a command has, without running it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

# What an installer leaves beside a library; .dist-info is the packaging specification's, .egg-info is older.
_RECORD = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(\.dist-info|(-py3\.\d+)?\.egg-info)")
_TRACING = re.compile(r"opentelemetry-.*|.*opentracing.*|jaeger-client")


def tracing_distributions(program: str, path: str | None = None) -> Mapping[str, str]:
    """Return name and version of each tracing library that is installed beside a program.

    A virtual environment, or a prefix like /usr/local, keeps programs in bin/ and libraries in lib/; a
    program elsewhere has none. It is looked for on `path`, as PATH lists directories. What it starts is not
    followed.
    """
    found = shutil.which(program, path=path)
    if found is None:
        return {}
    # Not resolved: the python of a virtual environment is a link to another one.
    prefix = Path(os.path.abspath(found)).parent.parent
    libraries = sorted(prefix.glob("lib/python3.*"))
    if len(libraries) != 1:  # which of two Pythons runs, their names don't tell
        return {}
    installed = (
        match
        for directory in ("site-packages", "dist-packages")
        for record in (libraries[0] / directory).glob("*-info")
        if (match := _RECORD.fullmatch(record.name))
    )
    versions = {_canonical(match["name"]): match["version"] for match in installed}
    return {name: versions[name] for name in sorted(versions) if _TRACING.fullmatch(name)}


def _canonical(name: str) -> str:
    """Return a name as the packaging specification normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()
