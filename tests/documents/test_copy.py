"""The files to copy, each as a whole in a package that is not ours: no finished span is lost at any end."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import requests

from ot2otel.capture.child_process import ChildProcess
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from tests.documents.claims.processes import sent_so_far
from tests.support.peers import module, peer, program
from tests.support.redis_server import redis_server
from tests.support.running import unhurried
from tests.support.runs import ROOT
from tests.support.waiting import wait_until

FILES = ROOT / "docs" / "copy"
THEIR_LIBRARIES = {"celery", "jaeger_client", "opentelemetry", "opentracing"}
STAGES = ("old", "shim", "native", "beside_agent")
PROGRAM = {
    # What a request does, in the API of the stage. It is the same on the shim as before.
    "opentracing": """
from shop.tracing import caller, flush, start_tracing

tracer = start_tracing("shop")


def handle(name, headers):
    with tracer.start_active_span(name, child_of=caller(headers), tags={"span.kind": "server"}):
        return name
""",
    "native": """
from opentelemetry.trace import SpanKind
from shop.tracing import continuing, flush, start_tracing

tracer = start_tracing("shop")


def handle(name, headers):
    with continuing(headers), tracer.start_as_current_span(name, kind=SpanKind.SERVER):
        return name
""",
    "beside_agent": """
from shop.tracing import flush, start_tracing

tracer = start_tracing("shop")


def handle(name, headers):
    with tracer.start_as_current_span(name):
        return name
""",
    "script.py": """
import multiprocessing
import os
import signal
import sys
import time

from shop.work import flush, handle


def forked(end):
    child = os.fork()
    if not child:
        handle("child", {})
        end(0)
    os.waitpid(child, 0)


def child_of_multiprocessing(kind, target=handle):
    child = multiprocessing.get_context(kind).Process(target=target, args=("child", {}))
    child.start()
    child.join()


def handle_and_wait(name, headers):
    handle(name, headers)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)


def flushed(code):
    flush()
    os._exit(code)


def sigterm():
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)


ENDS = {
    "its end": lambda: None,
    "sys.exit": lambda: sys.exit(0),
    "SIGTERM": sigterm,
    "a fork, sys.exit": lambda: forked(sys.exit),
    "a fork, flush and os._exit": lambda: forked(flushed),
    "multiprocessing, fork": lambda: child_of_multiprocessing("fork"),
    "multiprocessing, spawn": lambda: child_of_multiprocessing("spawn"),
    "multiprocessing, forkserver": lambda: child_of_multiprocessing("forkserver"),
    "multiprocessing, terminated": lambda: child_of_multiprocessing("fork", handle_and_wait),
}

if __name__ == "__main__":
    handle("parent", {})
    ENDS[sys.argv[1]]()
""",
    "web.py": """
import os

from flask import Flask, request

from shop.work import handle

app = Flask("shop")


@app.get("/<name>")
def hello(name):
    return handle(name, request.headers), {"Worker": str(os.getpid())}


if __name__ == "__main__":
    app.run(port=0)
""",
    "tasks.py": """
import os
import sys

from celery import Celery

from shop.work import handle

app = Celery("shop", broker=os.environ["BROKER"], backend=os.environ["BROKER"])


@app.task(name="work")
def work(name):
    return handle(name, {}) and os.getpid()


if __name__ == "__main__":
    results = [work.delay(f"task {number}") for number in range(int(sys.argv[1]))]
    print(*(result.get(timeout=60) for result in results))
""",
    "gunicorn.conf.py": """
bind = "127.0.0.1:0"
workers = 2
control_socket_disable = True


def post_worker_init(worker):
    worker.log.info("Worker ready")
""",
}
# Since 3.12 Python warns of a fork beside threads, and a tracer has some.
FORKS = "ignore:This process:DeprecationWarning"
NEW_INTERPRETERS = ("multiprocessing, spawn", "multiprocessing, forkserver")
CHILDREN = (
    "a fork, sys.exit",
    "a fork, flush and os._exit",
    "multiprocessing, fork",
    "multiprocessing, terminated",
    *NEW_INTERPRETERS,
)
ALONE = ("its end", "sys.exit", "SIGTERM")
AGENT = Path(sys.executable).with_name("opentelemetry-instrument")
# The agent traces Flask and Celery as well: only the spans of our own code are counted.
OURS = re.compile(r"parent|child|visit \d+|task \d+")


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a stage, whose file is `shop/tracing.py` in the directory where programs now run."""
    chosen: str = request.param
    if chosen == "beside_agent" and not AGENT.exists():
        pytest.skip("the agent is not installed in this lane")
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(FILES / f"tracing_{chosen}.py", package / "tracing.py")
    api = chosen if chosen in PROGRAM else "opentracing"
    (package / "work.py").write_text(PROGRAM[api])
    for name in ("script.py", "web.py", "tasks.py"):
        (package / name).write_text(PROGRAM[name])
    (tmp_path / "gunicorn.conf.py").write_text(PROGRAM["gunicorn.conf.py"])
    monkeypatch.chdir(tmp_path)
    return chosen


def under(stage: str, *command: str) -> list[str]:
    """Return the command of a Python program at this stage: with the agent or without."""
    return [*([str(AGENT)] if stage == "beside_agent" else []), sys.executable, *command]


def environment(stage: str, collector: Collector) -> dict[str, str]:
    """Return the environment of a program that exports after a minute, or at its end."""
    agents = {"OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none", "OTEL_SERVICE_NAME": "shop"}
    without = {"PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1", "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    return {**unhurried(collector), **without, **(agents if stage == "beside_agent" else {})}


def ours(spans: tuple[Span, ...]) -> list[str]:
    return sorted(span.name for span in spans if OURS.fullmatch(span.name))


def test_each_file_is_complete_and_needs_nothing_of_ours() -> None:
    for path in FILES.glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(imported) <= {*sys.stdlib_module_names, *THEIR_LIBRARIES}
    assert {path.stem for path in FILES.glob("*.py")} == {f"tracing_{stage}" for stage in STAGES}


def test_the_files_end_a_process_in_the_same_way() -> None:
    files = [path.read_text(encoding="utf-8") for path in FILES.glob("*.py")]

    assert len({text.partition("def _flush_at_the_end")[2] for text in files}) == 1


@pytest.mark.parametrize("end", [*ALONE, *CHILDREN])
def test_a_script_delivers_every_span(stage: str, end: str) -> None:
    with Collector() as collector:
        variables = {**environment(stage, collector), "PYTHONWARNINGS": FORKS}
        done = subprocess.run(
            under(stage, "-m", "shop.script", end),
            env=variables, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        spans = sent_so_far(collector)

    # opentelemetry-instrument takes itself out of the way of further interpreters.
    is_untraced = stage == "beside_agent" and end in NEW_INTERPRETERS
    warning = "No spans: start this program with opentelemetry-instrument.\n"
    assert (done.returncode, set(done.stderr.splitlines(True))) == (0, {warning} if is_untraced else set())
    assert ours(spans) == (["child", "parent"] if end in CHILDREN and not is_untraced else ["parent"])
    assert len({span.trace_id for span in spans}) == len(spans)


@contextmanager
def server(
    command: list[str], variables: Mapping[str, str], listening: str
) -> Iterator[tuple[str, list[str]]]:
    """Run a server until SIGTERM; give its URL and the lines that it has written so far."""
    log: list[str] = []
    process = ChildProcess(command, variables, re.compile(listening), "the server", show=log.append)
    process.start()
    try:
        yield f"http://127.0.0.1:{process.wait_for_line(60)[1]}", log
    finally:
        code = process.stop(30)
    assert code == 0, log


def flask_server(stage: str, collector: Collector) -> AbstractContextManager[tuple[str, list[str]]]:
    listening = r"Running on http://127\.0\.0\.1:(\d+)"
    return server(under(stage, "-m", "shop.web"), environment(stage, collector), listening)


def visit(url: str, times: int) -> set[str]:
    """Send so many requests, each on a connection of its own; return the workers that answered."""
    close = {"Connection": "close"}
    answers = [requests.get(f"{url}/visit {number}", headers=close, timeout=30) for number in range(times)]
    assert {answer.status_code for answer in answers} == {200}
    return {answer.headers["Worker"] for answer in answers}


def visits(times: int) -> list[str]:
    return sorted(f"visit {number}" for number in range(times))


def test_flask_delivers_every_span_on_sigterm(stage: str) -> None:
    with Collector() as collector:
        with flask_server(stage, collector) as (url, _):
            visit(url, 20)
        spans = sent_so_far(collector)

    assert ours(spans) == visits(20)


def test_flask_continues_the_callers_trace_whatever_the_case_of_its_headers(stage: str) -> None:
    trace_id, span_id = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    headers = {"Uber-Trace-Id": f"{trace_id}:{span_id}:0:1", "Traceparent": f"00-{trace_id}-{span_id}-01"}
    with Collector() as collector:
        with flask_server(stage, collector) as (url, _):
            for sent in (headers, {"uber-trace-id": "nonsense", "traceparent": "nonsense"}):
                assert requests.get(f"{url}/visit 1", headers=sent, timeout=30).status_code == 200
        spans = sent_so_far(collector)

    continued, new = [span for span in spans if span.name == "visit 1"]
    assert (continued.trace_id, new.trace_id == trace_id) == (trace_id, False)
    if stage != "beside_agent":  # there the agent's span is between
        assert (continued.parent_id, new.parent_id) == (span_id, "")


def counted(text: str, log: list[str]) -> int:
    return sum(text in line for line in log)


@peer("gunicorn")
@pytest.mark.parametrize("options", [[], ["--preload"], ["--preload", "--max-requests", "5"]])
def test_workers_of_gunicorn_deliver_every_span(stage: str, options: list[str]) -> None:
    module("gunicorn", "ot2otel[peers]")
    with Collector() as collector:
        command = under(stage, "-m", "gunicorn", *options, "shop.web:app")
        listening = r"Listening at: http://127\.0\.0\.1:(\d+)"
        with server(command, environment(stage, collector), listening) as (url, log):
            workers = visit(url, 18)
            wait_until(lambda: counted("Worker ready", log) == 2 + counted("Worker exiting", log))
        spans = sent_so_far(collector)

    assert ours(spans) == visits(18)
    assert len({span.trace_id for span in spans if OURS.fullmatch(span.name)}) == 18
    assert len(workers) > (2 if "--max-requests" in options else 0)


@peer("uwsgi")
def test_workers_of_uwsgi_deliver_every_span_of_opentelemetry(stage: str) -> None:
    if stage not in ("shim", "native"):
        pytest.skip(
            "jaeger-client needs threads, which uWSGI has not by default; the agent starts Python alone"
        )
    uwsgi = program(str(Path(sys.executable).with_name("uwsgi")))
    # Otherwise SIGTERM starts the server again.
    graceful = ["--hook-master-start", "unix_signal:15 gracefully_kill_them_all"]
    serving = ["--http-socket", "127.0.0.1:0", "--master", "--no-orphans", "--processes", "2"]
    with Collector() as collector:
        command = [uwsgi, *serving, *graceful, "--module", "shop.web:app"]
        listening = r"bound to TCP address 127\.0\.0\.1:(\d+) "
        with server(command, environment(stage, collector), listening) as (url, log):
            visit(url, 18)
            wait_until(lambda: counted("pawned uWSGI worker", log) == 2)
        spans = sent_so_far(collector)

    assert ours(spans) == visits(18)
    assert len({span.trace_id for span in spans}) == 18


@peer("celery")
def test_children_of_celery_deliver_every_span(stage: str) -> None:
    module("celery", "ot2otel[peers]")
    names = [f"task {number}" for number in range(10)]
    with redis_server() as broker, Collector() as collector:
        variables = {**environment(stage, collector), "BROKER": broker}
        options = [
            "--pool",
            "prefork",
            "--concurrency",
            "5",
            "--max-tasks-per-child",
            "2",
            "--loglevel",
            "info",
        ]
        command = under(stage, "-m", "celery", "--app", "shop.tasks", "worker", *options)
        with server(command, variables, r"celery@\S+ (ready)\."):
            subprocess.run(
                [sys.executable, "-m", "shop.tasks", str(len(names))],
                env=variables, stdout=subprocess.DEVNULL, timeout=90, check=True,
            )  # fmt: skip
        spans = sent_so_far(collector)

    assert Counter(ours(spans)) == Counter(names)
