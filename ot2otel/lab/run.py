"""Runs a flow in one variant: starts its services, drives them, and returns a recording."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol, TypeAlias

from ot2otel.capture.environment import OVER_GRPC, reporting_to
from ot2otel.capture.guard import temporary_directory
from ot2otel.lab.driver import FOLLOW_TIMEOUT, Driver, NoAnswerError
from ot2otel.lab.installed import versions
from ot2otel.lab.patience import Deadline, Patience, told_if_busy
from ot2otel.lab.plan import Plan
from ot2otel.lab.service import ServiceProcess
from ot2otel.receive.collector import Collector, Ports
from ot2otel.receive.destination import Destination, SpansMissing
from ot2otel.receive.jaeger.running import DAY, RunInJaeger, RunningJaeger
from ot2otel.recording import RUN_ID, Answer, Port, Recording

# Seconds for all services to deliver their spans and to end, on an idle machine far more than they need.
_END = 15.0
# Seconds that a service waits for the next one, and for another worker's message. On a busy machine their own
# defaults would turn a late answer into a wrong one.
_TIMEOUT = "30"
_LEASE = "60"

# Opens the destination of a plan's spans. Its second argument is the id of the run.
OpenDestination: TypeAlias = Callable[[Plan, str], AbstractContextManager[Destination]]


def embedded(plan: Plan, run: str) -> AbstractContextManager[Destination]:
    """Open a collector for this plan alone."""
    return Collector(ports=Ports(grpc=0 if plan.exporter == OVER_GRPC else None))


def in_jaeger(jaeger: RunningJaeger, look_back: float = DAY) -> OpenDestination:
    """Return a function that opens a plan's part of a running Jaeger: the last `look_back` seconds."""
    begun = time.time_ns()

    def opened(plan: Plan, run: str) -> AbstractContextManager[Destination]:
        services = [service.name for service in plan.flow.services]
        return RunInJaeger(jaeger, services, {RUN_ID: run}, begun, look_back)

    return opened


def record(
    plans: Sequence[Plan],
    progress: Callable[[str], None] = lambda _: None,
    open_destination: OpenDestination = embedded,
    show: Callable[[str], None] = lambda _: None,
) -> list[Recording]:
    """Run the plans and return their recordings; `progress` gets the current activity.

    If a plan has `console`, `show` gets each line that its services write, with the name of the service.

    Each service is a process of its own on a free port, and each plan's services report to a destination of
    their own. The plans start together and stop together. They are driven one after the other, so that none
    takes time from another. No process survives an error. Raises ProcessFailedError if a service does not
    come up, SpansMissing if spans do not arrive in time.
    """
    runs: list[Run] = []
    patience = Patience()
    with told_if_busy(), ExitStack() as running, ended_together(runs):
        for plan in plans:
            run = secrets.token_hex(4)
            destination = running.enter_context(open_destination(plan, run))
            runs.append(Run(plan, run, destination, running, show=show))
        start(runs, progress, patience)
        for each in runs:
            progress(f"driving {each.plan.flow.name} in {each.plan.variant.name} over {each.plan.exporter}")
            each.drive(patience)
        progress("stopping the services")
        stop(runs, patience.stretched(_END))
        for each in runs:
            progress(f"waiting for the spans of {each.plan.variant.name} over {each.plan.exporter}")
            each.wait_for_spans(patience)
    return [each.recording() for each in runs]


class Endable(Protocol):
    """A service, or all services of a run."""

    def ask_to_stop(self) -> None:
        """Send the signal to end, and do not wait."""


def start(runs: Sequence[Run], progress: Callable[[str], None], patience: Patience | None = None) -> None:
    """Start the services of all runs, in each flow's order, and wait until they are ready.

    `patience` measures how long they take.
    """
    patience = patience or Patience()
    for index in range(max(len(run.plan.flow.services) for run in runs)):
        progress("starting the services")
        with patience.measured() as deadline:
            for run in runs:
                run.start(index)
            for run in runs:
                run.wait_until_ready(index, deadline)


@contextmanager
def ended_together(runs: Iterable[Endable]) -> Iterator[None]:
    """Ask all of them to end after the block: one after the other they would take their times in sum."""
    try:
        yield
    finally:
        for each in runs:
            each.ask_to_stop()


def stop(runs: Sequence[Run], timeout: float) -> None:
    """Stop the services of all runs together; each delivers its finished spans first.

    Those that do not end within `timeout` seconds are killed.
    """
    deadline = Deadline(timeout)
    for run in runs:
        run.ask_to_stop()
    for run in runs:
        run.stop(deadline)


class Run:
    """One plan under way. `run` is its id in the resource of its spans.

    Closing `running` ends its services. `settings` are more environment variables for them. If the plan
    has `console`, `show` gets each line that they write.
    """

    def __init__(
        self,
        plan: Plan,
        run: str,
        destination: Destination,
        running: ExitStack,
        settings: Mapping[str, str] | None = None,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.plan = plan
        self._running = running
        self._destination = destination
        self._show = show
        self._settings = {
            **reporting_to(destination, plan.exporter, {RUN_ID: run}),
            **plan.settings,
            **(settings or {}),
        }
        self._shared: list[str] = []
        if plan.flow.shares:
            directory = running.enter_context(temporary_directory())
            self._shared = [plan.flow.shares, directory, "--lease", _LEASE]
        self._services: dict[str, ServiceProcess] = {}
        self._killed: list[str] = []
        self._answers: list[Answer] = []

    def start(self, index: int) -> None:
        """Start the service with this index, if the flow has one."""
        for service in self.plan.flow.services[index : index + 1]:
            needs = [
                part for option, name in service.needs.items() for part in (option, self._services[name].url)
            ]
            if service.needs:
                needs += ["--timeout", _TIMEOUT]
            process = ServiceProcess(
                self.plan.variant,
                self.plan.flow,
                service,
                [*needs, *self._shared, "--work", str(self.plan.work)],
                self._settings,
                self.plan.variant.port(service) if self.plan.documented_ports else 0,
                self._shown(service.name),
            )
            self._services[service.name] = self._running.enter_context(process)
            process.start()

    def _shown(self, service: str) -> Callable[[str], None]:
        label = f"{self.plan.variant.name}/{self.plan.exporter} {service}"
        return lambda line: self._show(f"{label} | {line}") if self.plan.console else None

    def wait_until_ready(self, index: int, deadline: Deadline) -> None:
        """Wait for the service with this index; raise ProcessFailedError if it does not come up."""
        for service in self.plan.flow.services[index : index + 1]:
            self._services[service.name].wait_until_ready(deadline.left)

    @property
    def front_url(self) -> str:
        """The URL of the flow's front service, when it is ready."""
        return self._services[self.plan.flow.front.name].url

    def check_running(self) -> None:
        """Raise ProcessFailedError if a service ended by itself."""
        for process in self._services.values():
            process.check_running()

    def drive(self, patience: Patience) -> None:
        """Send the plan's requests, one after the other; raise NoAnswerError."""
        with Driver(patience.stretched(FOLLOW_TIMEOUT)) as driver:
            for request in self.plan.requests:
                for name in request.without:
                    self._stop(name, patience.stretched(_END))
                service = self._services[request.to or self.plan.flow.front.name]
                label = f"{self.plan.variant.name}'s {service.service.name}"
                try:
                    self._answers += driver.send(request, self.plan.name, service.url, label)
                except NoAnswerError as error:
                    service.check_running()
                    raise NoAnswerError(f"{error} Its last log lines:\n{service.log}") from error

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the services that run."""
        for process in self._services.values():
            process.ask_to_stop()

    def stop(self, deadline: Deadline) -> None:
        """Wait until the services have ended; kill those that have not by the deadline."""
        for name in self._services:
            self._stop(name, deadline.left)

    def _stop(self, name: str, timeout: float) -> None:
        if self._services[name].stop(timeout) == -signal.SIGKILL:
            self._killed.append(f"{self.plan.variant.name}'s {name}")

    def wait_for_spans(self, patience: Patience) -> None:
        """Wait for all spans of the plan; raise SpansMissing.

        If they arrive, it does not matter that a service was slow to end.
        """
        plan = self.plan
        expected = f"{plan.spans} spans of {plan.variant.name} over {plan.exporter}"
        try:
            self._destination.wait_for(
                lambda spans: len(spans) >= plan.spans, patience.stretched(plan.deadline), expected
            )
        except SpansMissing as error:
            if not self._killed:
                raise
            killed = ", ".join(dict.fromkeys(self._killed))
            raise SpansMissing(f"{error}\nKilled because they did not end in time: {killed}.") from error

    def recording(self) -> Recording:
        """Return the recording of the run so far."""
        plan = self.plan
        return Recording(
            spans=self._destination.spans,
            flow=plan.flow.name,
            variant=plan.variant.name,
            exporter=plan.exporter,
            answers=tuple(self._answers),
            ports={
                service.name: Port(self._services[service.name].port, service.port)
                for service in plan.flow.services
            },
            versions=versions(plan.variant),
            stored_in=self._destination.stored_in,
        )
