"""Translates a whole configuration."""

from __future__ import annotations

from dataclasses import dataclass

from ot2otel.settings import code, export, propagation, resource, rest, sampling
from ot2otel.settings.checking import checked
from ot2otel.settings.given import Given
from ot2otel.settings.part import InCode, Variable
from ot2otel.settings.remarks import Remark


@dataclass(frozen=True, slots=True)
class Translation:
    """OpenTelemetry's variables, the set-up code, and the warnings."""

    variables: tuple[Variable, ...]
    code: str
    warnings: tuple[Remark, ...]

    @property
    def environment(self) -> dict[str, str]:
        """The variables as a process takes them."""
        return {each.name: each.value for each in self.variables}


def translate(given: Given, where: str) -> Translation:
    """Return the translation; raise SettingsError for a value that jaeger-client refuses.

    `where` names the input in messages.
    """
    given = checked(given, where)
    tags, coded = resource.tags(given)
    parts = (
        resource.name(given),
        tags,
        sampling.sampler(given, where),
        propagation.propagators(given),
        propagation.debug_header(given),
        export.endpoint(given),
        export.queue(given, where),
        export.flush_interval(given),
        rest.limits(given),
        rest.ids(given),
        rest.switches(given),
        rest.without_counterpart(given),
    )
    header, prefix = propagation.headers(given)
    return Translation(
        tuple(variable for part in parts for variable in part.variables),
        code.source(InCode(coded, header, prefix, bool(given.values.get("logging")))),
        (*given.remarks, *(remark for part in parts for remark in part.remarks)),
    )
