"""Checks that a variant is installed, and lists the versions."""

from __future__ import annotations

import importlib
import sys
from importlib import metadata

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import EXPORTERS, Variant

_SERVING = ("flask", "waitress", "requests")


def check_runnable(variant: Variant, exporter: str) -> None:
    """Raise Ot2OtelError if `variant` can't run or can't use the exporter here; the text has the remedy."""
    if missing := [name for name in (*variant.distributions, *_SERVING) if not _is_installed(name)]:
        raise Ot2OtelError(
            f"{variant.name} needs {', '.join(missing)} (not installed): "
            f"pip install 'ot2otel[{variant.extra}]'."
        )
    if "jaeger-client" in variant.distributions:  # it has its own exporter
        return
    try:
        importlib.import_module(EXPORTERS[exporter].module)
    except ImportError as error:
        raise Ot2OtelError(
            f"{variant.name} can't export with {exporter} here ({error}): {EXPORTERS[exporter].advice}."
        ) from error


def _is_installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


def versions(variant: Variant) -> dict[str, str]:
    """Return the installed versions of the packages that `variant` needs."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    exporters = (EXPORTERS[name].distribution for name in variant.exporters if name in EXPORTERS)
    for distribution in (*variant.distributions, *exporters, *_SERVING):
        if _is_installed(distribution):
            found[distribution] = metadata.version(distribution)
    return found
