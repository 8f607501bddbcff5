"""Runs a flow in one variant: starts its services, drives them, and brings back a recording."""

from __future__ import annotations

import importlib
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import metadata
from urllib.parse import quote

import requests

from ot2otel.catalog import EXPORTERS, Flow, Request, Variant
from ot2otel.collector import Collector
from ot2otel.errors import Ot2OtelError
from ot2otel.process import ServiceProcess
from ot2otel.recording import RUN_ID, Answer, Port, Recording

# Seconds; a service may hold a request for as long as it waits for the next one, and some more.
_ANSWER_TIMEOUT = 30.0
# Seconds between two looks at how far something has come that a request began.
_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: one variant of a flow over one exporter.

    `name` is who is greeted, `times` how often each of the flow's requests is sent, `work` scales the
    duration of the services' work, `deadline` is how many seconds the spans may take to arrive.
    """

    flow: Flow
    variant: Variant
    exporter: str
    name: str = "Bryan"
    times: int = 1
    work: float = 0.1
    deadline: float = 10.0

    @property
    def steps(self) -> tuple[Request, ...]:
        """The requests to send, in order."""
        return tuple(request for request in self.flow.requests for _ in range(self.times))

    @property
    def spans(self) -> int:
        """How many spans the run makes."""
        return sum(request.spans for request in self.steps)


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


def record(plans: Sequence[Plan], progress: Callable[[str], None] = lambda _: None) -> list[Recording]:
    """Run the plans and return what each left behind; `progress` is told what is going on.

    The services are processes of their own on free ports, and each plan's report to a collector of
    its own, embedded here. The plans start together, are driven one after the other so that none
    takes time from another, and stop together; whatever happens, no process survives. Raises
    ServiceFailedError if a service does not come up, SpansMissing if spans do not arrive in time.
    """
    with ExitStack() as running:
        runs = [_Run(plan, running) for plan in plans]
        for index in range(max(len(plan.flow.services) for plan in plans)):
            progress("starting the services")
            for run in runs:
                run.start(index)
            for run in runs:
                run.wait_until_ready(index)
        for run in runs:
            progress(f"driving {run.plan.flow.name} in {run.plan.variant.name} over {run.plan.exporter}")
            run.drive()
        progress("stopping the services")
        for run in runs:
            run.ask_to_stop()
        for run in runs:
            run.stop()
        for run in runs:
            progress(f"waiting for the spans of {run.plan.variant.name} over {run.plan.exporter}")
            run.wait_for_spans()
    return [run.recording() for run in runs]


class _Run:
    """One plan under way; what it opens is closed by `running`."""

    def __init__(self, plan: Plan, running: ExitStack) -> None:
        self.plan = plan
        self._running = running
        self._collector = running.enter_context(Collector())
        self._environment = environment(plan.exporter, self._collector, secrets.token_hex(4))
        self._shared: list[str] = []
        if plan.flow.shares:
            directory = running.enter_context(tempfile.TemporaryDirectory(prefix="ot2otel-"))
            self._shared = [plan.flow.shares, directory]
        self._services: dict[str, ServiceProcess] = {}
        self._answers: list[Answer] = []

    def start(self, index: int) -> None:
        for service in self.plan.flow.services[index : index + 1]:
            needs = [
                part for option, name in service.needs.items() for part in (option, self._services[name].url)
            ]
            process = ServiceProcess(
                self.plan.variant,
                self.plan.flow,
                service,
                [*needs, *self._shared, "--work", str(self.plan.work)],
                self._environment,
            )
            self._services[service.name] = self._running.enter_context(process)
            process.start()

    def wait_until_ready(self, index: int) -> None:
        for service in self.plan.flow.services[index : index + 1]:
            self._services[service.name].wait_until_ready()

    def drive(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for step in self.plan.steps:
                for name in step.without:
                    self._services[name].stop()
                self._answers += self._ask(session, step)

    def ask_to_stop(self) -> None:
        for process in self._services.values():
            process.ask_to_stop()

    def stop(self) -> None:
        for process in self._services.values():
            process.stop()

    def wait_for_spans(self) -> None:
        plan = self.plan
        what = f"{plan.spans} spans of {plan.variant.name} over {plan.exporter}"
        self._collector.wait_for(lambda spans: len(spans) >= plan.spans, plan.deadline, what)

    def recording(self) -> Recording:
        plan = self.plan
        return Recording(
            spans=self._collector.spans,
            flow=plan.flow.name,
            variant=plan.variant.name,
            exporter=plan.exporter,
            answers=tuple(self._answers),
            ports={
                service.name: Port(self._services[service.name].port, service.port)
                for service in plan.flow.services
            },
            versions=_versions(plan.variant),
        )

    def _ask(self, session: requests.Session, step: Request) -> list[Answer]:
        asked = self._services[step.to or self.plan.flow.front.name]
        path = step.path.format(name=quote(self.plan.name, safe=""))
        response = self._request(session, asked, step, path)
        answers = [Answer(f"{step.method} {path}", response.status_code, response.text)]
        if step.until:
            path = response.headers.get("Location", path)
            follow = replace(step, method="GET", body="")
            deadline = time.monotonic() + self.plan.deadline
            while step.until not in (response := self._request(session, asked, follow, path)).text:
                if time.monotonic() > deadline:
                    raise Ot2OtelError(
                        f"Waited {self.plan.deadline:g} s for {step.until} in the answer of "
                        f"{self.plan.variant.name} to GET {path}, got {response.text}"
                    )
                time.sleep(_BETWEEN_LOOKS)
            answers.append(Answer(f"GET {path}", response.status_code, response.text))
        return answers

    def _request(
        self, session: requests.Session, asked: ServiceProcess, step: Request, path: str
    ) -> requests.Response:
        try:
            return session.request(
                step.method,
                asked.url + path,
                headers=step.headers,
                data=step.body.encode(),
                timeout=_ANSWER_TIMEOUT,
            )
        except requests.RequestException as error:
            asked.check_running()
            raise Ot2OtelError(
                f"{self.plan.variant.name}'s {asked.service.name} did not answer {step.method} {path}: "
                f"{error}. Its last log lines:\n{asked.log}"
            ) from error


def environment(exporter: str, collector: Collector, run_id: str) -> dict[str, str]:
    """Return the ecosystem's own variables that say where and how to report, and which run it is."""
    run = f"{RUN_ID}={run_id}"
    agent = {"HOST": collector.host, "PORT": str(collector.jaeger_port)}
    return {
        **{f"JAEGER_AGENT_{name}": value for name, value in agent.items()},
        **{f"OTEL_EXPORTER_JAEGER_AGENT_{name}": value for name, value in agent.items()},
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint,
        "OTEL_TRACES_EXPORTER": exporter,
        "OTEL_RESOURCE_ATTRIBUTES": run,
        "JAEGER_TAGS": run,
        # A worker settles a message when its span is sent, for which jaeger-client otherwise takes a second.
        "JAEGER_REPORTER_FLUSH_INTERVAL": "50",
    }


def _versions(variant: Variant) -> dict[str, str]:
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for distribution in (*variant.distributions, "flask", "waitress", "requests"):
        try:
            versions[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            continue
    return versions
