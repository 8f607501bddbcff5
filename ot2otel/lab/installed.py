"""What of a variant is installed here, and in which versions."""

from __future__ import annotations

import importlib
import sys
from importlib import metadata

from ot2otel.errors import Ot2OtelError
from ot2otel.lab.catalog import EXPORTERS, Variant


def check_exporter(variant: Variant, exporter: str) -> None:
    """Raise Ot2OtelError if `variant` can't export so here; the text says what to do."""
    if variant.name == "legacy":  # jaeger-client brings its own
        return
    try:
        importlib.import_module(EXPORTERS[exporter].module)
    except ImportError as error:
        raise Ot2OtelError(
            f"{variant.name} can't export with {exporter} here ({error}): {EXPORTERS[exporter].advice}."
        ) from error


def versions(variant: Variant) -> dict[str, str]:
    """Return the versions of the packages that make up `variant`, as installed here."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for distribution in (*variant.distributions, "flask", "waitress", "requests"):
        try:
            found[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return found
