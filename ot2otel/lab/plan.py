"""The plan of a run: one variant of a flow over one exporter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ot2otel.capture.environment import SAMPLERS, to_the_log
from ot2otel.lab.catalog import Flow, Request, Variant


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a run: one variant of a flow over one exporter.

    `name` is the name to greet. Each of the flow's requests is sent `times` times. `work` is a factor for the
    duration of the services' work. The spans may take `deadline` seconds to arrive. The services listen on
    free ports, or on the documented ones of their variant. `sampler` is a key of SAMPLERS. With `console` the
    services also write their spans to their logs.
    """

    flow: Flow
    variant: Variant
    exporter: str
    name: str = "Bryan"
    times: int = 1
    work: float = 0.1
    deadline: float = 10.0
    documented_ports: bool = False
    sampler: str = "always_on"
    console: bool = False

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests to send, in order."""
        return tuple(request for request in self.flow.requests for _ in range(self.times))

    @property
    def spans(self) -> int:
        """The number of spans that the run exports."""
        return (
            sum(request.spans_of(self.variant) for request in self.requests)
            if self.sampler == "always_on"
            else 0
        )

    @property
    def settings(self) -> Mapping[str, str]:
        """The tracers' own environment variables for the sampler and the log."""
        return {**SAMPLERS[self.sampler], **(to_the_log(self.exporter) if self.console else {})}
