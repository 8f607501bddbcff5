"""The pytest plugin: the fixtures `spans` and `spans_over_wire`, and `--trace-snapshots`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ot2otel.capture.in_process import Owner
    from ot2otel.testing.files import Files
    from ot2otel.testing.over_wire import WireSpans
    from ot2otel.testing.spans import Spans

_OPTION = "--trace-snapshots"
_FIXTURES = frozenset({"spans", "spans_over_wire"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--trace-snapshots`."""
    parser.getgroup("ot2otel").addoption(
        _OPTION,
        choices=("update", "review", "none"),
        default="none",
        help="Snapshots of traces that differ: update writes them, review asks for each at the end, none"
        " (the default) fails the test. Nothing is written if CI is set.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin a session."""
    config.pluginmanager.register(Session(config), "ot2otel-session")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say that CI keeps snapshots from being written."""
    wanted = config.getoption(_OPTION)
    if wanted != "none" and _is_ci():
        return f"ot2otel: CI is set, so {_OPTION}={wanted} writes no snapshot"
    return None


def _is_ci() -> bool:
    return bool(os.environ.get("CI"))


class Session:
    """One run of pytest: whose turn it is, and the snapshots that were used.

    A session without a test that has one of the fixtures is left alone: nothing is imported for it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stop: Any = None  # Any: a context manager, not imported yet
        self._owner: Owner | None = None
        self._files: Files | None = None
        # Paths of modules: those that ran, and those of which a test did not run to its end.
        self._ran: set[str] = set()
        self._partial: set[str] = set()

    @property
    def files(self) -> Files:
        """The snapshots of this session."""
        from ot2otel.testing.files import Files, Mode

        if self._files is None:
            wanted = "none" if _is_ci() else self._config.getoption(_OPTION)
            self._files = Files(Mode(wanted))
        return self._files

    @property
    def owner(self) -> Owner:
        """The test that runs now."""
        if self._owner is None:
            raise RuntimeError("no test runs")
        return self._owner

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Watch tracers from now on, if a test has one of the fixtures."""
        wants = [item for item in session.items if _FIXTURES & set(getattr(item, "fixturenames", ()))]
        if wants and self._stop is None:
            from ot2otel.capture.in_process import CAPTURE

            self._stop = CAPTURE.watching()
            self._stop.__enter__()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Give the spans of this time to the test."""
        if self._stop is None:
            return (yield)
        from ot2otel.capture.in_process import CAPTURE, Owner

        self._owner = Owner(item.nodeid)
        with CAPTURE.ownership.running(self._owner):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        """Give nothing to the test that a fixture for several tests starts, such as a server's thread."""
        if self._stop is None or fixturedef.scope == "function":
            return (yield)
        from ot2otel.capture.in_process import CAPTURE

        with CAPTURE.ownership.shared():
            return (yield)

    def pytest_unconfigure(self) -> None:
        """Leave the tracers as they were."""
        if self._stop is not None:
            self._stop.__exit__(None, None, None)
            self._stop = None

    # What became of the snapshots.

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Note the modules of which not all tests run: their snapshots may be used by the others."""
        self._partial |= {str(item.path) for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the modules whose tests ran, and those of which one did not pass."""
        path = str(self._config.rootpath / report.nodeid.partition("::")[0])
        self._ran.add(path)
        if report.outcome != "passed":
            self._partial.add(path)

    def pytest_sessionfinish(self) -> None:
        """In a worker of pytest-xdist: send the snapshots' fates to the main process."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None and self._files is not None:
            output["ot2otel"] = {
                "used": [str(path) for path in self._files.used],
                "written": [str(path) for path in self._files.written],
                "partial": sorted(self._partial),
                "accepted": {
                    str(path): sorted(numbers) for path, numbers in self._files.acceptances.used.items()
                },
                "candidates": [
                    (str(each.path), each.text, each.report) for each in self._files.candidates.values()
                ],
            }

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # Any: pytest-xdist's
        """In the main process of pytest-xdist: take what a worker sent."""
        sent = getattr(node, "workeroutput", {}).get("ot2otel")
        if sent is not None:
            self.files.take(sent["used"], sent["written"], sent["candidates"])
            self.files.acceptances.take(sent["accepted"])
            self._partial |= set(sent["partial"])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell which snapshots were written and which are unused; in a review, ask."""
        if self._files is None:
            return
        from ot2otel.testing.summary import summary

        partial = self._partial | {
            str((self._config.invocation_params.dir / arg.partition("::")[0]).resolve())
            for arg in self._config.args
            if "::" in arg
        }
        modules = [Path(path) for path in sorted(self._ran - partial)]
        capture: Any = self._config.pluginmanager.getplugin("capturemanager")  # Any: not public
        if capture is not None:
            capture.suspend_global_capture(in_=True)  # a review asks
        try:
            is_whole = not partial and not any(Path(arg).suffix for arg in self._config.args)
            summary(self._files, modules, is_whole, terminalreporter.write_line, terminalreporter.write_sep)
        finally:
            if capture is not None:
                capture.resume_global_capture()


def _session(request: pytest.FixtureRequest) -> Session:
    found = request.config.pluginmanager.get_plugin("ot2otel-session")
    if not isinstance(found, Session):
        raise RuntimeError("the plugin of ot2otel is not configured")
    return found


def _directory(request: pytest.FixtureRequest) -> Path:
    from ot2otel.testing.files import DIRECTORY

    path = Path(request.node.path)
    return path.parent / DIRECTORY / path.stem


def _how(request: pytest.FixtureRequest) -> str:
    return f"pytest {shlex.quote(request.node.nodeid)} {_OPTION}=update"


@pytest.fixture
def spans(request: pytest.FixtureRequest) -> Iterator[Spans]:
    """Return the spans that the test makes: of the global tracers, and of those given to `spans.watch`."""
    from ot2otel.testing.in_process import collected

    session = _session(request)
    with collected(session.owner, session.files, _directory(request), _how(request)) as found:
        yield found


@pytest.fixture
def spans_over_wire(request: pytest.FixtureRequest) -> Iterator[WireSpans]:
    """Return the spans of services in processes of their own: start them with its `environment`."""
    from ot2otel.receive.collector import Collector
    from ot2otel.testing.judging import Snapshots
    from ot2otel.testing.over_wire import WireSpans

    session = _session(request)
    with Collector() as collector:
        yield WireSpans(collector, Snapshots(session.files, _directory(request), _how(request)))
