"""`ot2otel record` with real programs: their spans, their output, their signals and their exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pytest

from ot2otel.capture.masking import Masks
from ot2otel.capture.session import Recorder
from ot2otel.cli import record_options
from ot2otel.model import Span, traces
from ot2otel.receive.ports import StandardPort
from ot2otel.recording import STORED_IN_JAEGER
from ot2otel.recording_file import Appender, open_recording, read
from tests.support.fake_jaeger import answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer
from tests.support.processes import runs
from tests.support.runs import ROOT
from tests.support.waiting import poll, wait_until

PYTHON = sys.executable
AGENT = Path(PYTHON).with_name("opentelemetry-instrument")
LEGACY = """
import sys, time
from jaeger_client import Config

config = {"sampler": {"type": "const", "param": 1}}
tracer = Config(config=config, service_name="shop", validate=True).initialize_tracer()
with tracer.start_active_span("parent"), tracer.start_active_span("child") as scope:
    scope.span.set_tag("http.url", "http://joe:secret@shop/?token=abc")
tracer.close()
time.sleep(0.5)
"""
NATIVE = """
import sys
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer("shop")
with tracer.start_as_current_span("parent"), tracer.start_as_current_span("child") as span:
    span.set_attribute("http.request.header.authorization", ["Bearer abc"])
"""
SHIM = (
    NATIVE
    + """
from opentelemetry.shim.opentracing_shim import create_tracer
old = create_tracer(trace)
with old.start_active_span("parent"), old.start_active_span("child"):
    pass
"""
)
SERVICE = """
import sys
from flask import Flask, request
from waitress import create_server

app = Flask(__name__)

@app.route("/<name>", methods=["GET", "POST"])
def hello(name):
    return f"Hello {name} at 2050-01-01T00:00:00Z {request.get_data(as_text=True)}"

server = create_server(app, host="127.0.0.1", port=int(sys.argv[1]))
server.run()
"""
# Sends its spans at once, and waits for a signal.
WAITS = (
    NATIVE
    + """
import os, pathlib, signal
provider.force_flush()
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(9))
pathlib.Path("pid").write_text(str(os.getpid()))
print("ready", flush=True)
signal.pause()
"""
)


def words(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "ot2otel", "record", *arguments]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OTEL_SERVICE_NAME": "shop", **more}


def record(
    directory: Path, *arguments: str, program: Sequence[str] = (), given: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    """Run `ot2otel record` in the directory, with a command if one is given."""
    command = ["--", *program] if program else []
    return subprocess.run(
        words(*arguments, *command),
        cwd=directory,
        env=environment(**more),
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def python(program: str, *arguments: str) -> list[str]:
    return [PYTHON, "-c", program, *arguments]


@contextmanager
def recording(directory: Path, *program: str) -> Iterator[subprocess.Popen[str]]:
    """Run `ot2otel record -o out.jsonl` until the command wrote `ready`; kill it after the block."""
    process = subprocess.Popen(
        words("-o", "out.jsonl", "--", *program),
        cwd=directory,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("program", "names"),
    [
        pytest.param(LEGACY, 1, id="jaeger-client"),
        pytest.param(SHIM, 2, id="shim"),
        pytest.param(NATIVE, 1, id="native"),
    ],
)
def test_the_spans_of_each_tracer_are_recorded(tmp_path: Path, program: str, names: int) -> None:
    done = record(tmp_path, "-o", "out.jsonl", program=python(program))

    spans = read(tmp_path / "out.jsonl").spans
    assert done.returncode == 0
    assert [len(list(trace.walk())) for trace in traces(spans)] == [2] * names
    assert {span.service for span in spans} == {"shop"}
    assert done.stderr.splitlines()[0] == (
        f"out.jsonl: {2 * names} spans, {names} trace{'s' if names > 1 else ''}, complete."
    )
    assert read(tmp_path / "out.jsonl").versions["opentelemetry-api"] == metadata.version("opentelemetry-api")


def test_secrets_are_masked_and_counted(tmp_path: Path) -> None:
    done = record(tmp_path, "-o", "out.jsonl", program=python(LEGACY))

    content = (tmp_path / "out.jsonl").read_text()
    assert [word for word in ("joe", "secret", "abc") if word in content] == []
    assert "Masked 3 values: password in a URL 2, token 1." in done.stderr.splitlines()


def test_a_key_and_a_pattern_of_one_s_own_are_masked(tmp_path: Path) -> None:
    own = ("--mask", "host.name", "--mask-pattern", "par(ent)")

    record(tmp_path, "-o", "out.jsonl", *own, program=python(LEGACY))

    spans = read(tmp_path / "out.jsonl").spans
    assert {str(span.resource["host.name"])[:7] for span in spans} == {"masked-"}
    assert sorted(span.name.partition("-")[0] for span in spans) == ["child", "parmasked"]


@pytest.mark.skipif(not AGENT.exists(), reason="the agent is not installed in this lane")
def test_the_agent_s_spans_and_the_answers_to_the_requests_are_recorded(
    tmp_path: Path, free_port: int
) -> None:
    (tmp_path / "service.py").write_text(SERVICE)
    (tmp_path / "requests.toml").write_text(
        textwrap.dedent(
            f"""
            url = "http://127.0.0.1:{free_port}"

            [[request]]
            path = "/Bryan?token=abc"
            times = 2

            [[request]]
            method = "POST"
            path = "/order"
            body = "tea"
            """
        )
    )
    done = record(
        tmp_path,
        *("-o", "out.jsonl", "--until-idle", "1s", "--drive", "requests.toml"),
        program=[str(AGENT), PYTHON, "service.py", str(free_port)],
    )

    found = read(tmp_path / "out.jsonl")
    assert (done.returncode, len(found.spans)) == (0, 3)
    assert [(answer.request[:11], answer.status, answer.body) for answer in found.answers] == [
        ("GET /Bryan?", 200, "Hello Bryan at <time> "),
        ("GET /Bryan?", 200, "Hello Bryan at <time> "),
        ("POST /order", 200, "Hello order at <time> tea"),
    ]
    assert "abc" not in (tmp_path / "out.jsonl").read_text()
    assert "3 of 3 requests sent, 3 answered." in done.stderr


def test_input_output_and_the_exit_code_are_the_command_s(tmp_path: Path) -> None:
    program = NATIVE + "\nprint(sys.stdin.read()); print('told', file=sys.stderr); sys.exit(7)"

    done = record(tmp_path, "-o", "out.jsonl", program=python(program), given="a line")

    assert (done.returncode, done.stdout) == (7, "a line\n")
    assert done.stderr.startswith("told\nout.jsonl: 2 spans, 1 trace, complete.\n")


def test_the_recording_on_standard_output_is_alone_there(tmp_path: Path) -> None:
    done = record(tmp_path, "-o", "-", program=python(NATIVE + "\nprint('shown')"))

    head, spans = map(json.loads, done.stdout.splitlines())
    assert ("recording" in head, len(spans["resourceSpans"])) == (True, 1)
    assert done.stderr.startswith("shown\n-: 2 spans")


@pytest.mark.parametrize(
    ("program", "code", "reason"),
    [
        (["true"], 2, "Nobody connected: the command ended with exit code 0 "),
        (["false"], 1, "Nobody connected: the command ended with exit code 1 "),
        (["sh", "-c", "kill -9 $$"], 137, "The command was ended by SIGKILL "),
        (["sh", "-c", "kill -TERM $$"], 143, "The command was ended by SIGTERM "),
    ],
)
def test_without_a_span_the_code_is_the_command_s_or_2_and_the_reason_is_told(
    tmp_path: Path, program: Sequence[str], code: int, reason: str
) -> None:
    done = record(tmp_path, "-o", "out.jsonl", program=program)

    assert done.returncode == code
    assert done.stderr.startswith(f"No span arrived. out.jsonl was not written.\n{reason}")
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize(
    ("program", "code", "problem"),
    [("./nothing", 127, "command not found"), ("./directory", 126, "Permission denied")],
)
def test_a_command_that_does_not_start_has_a_shell_s_code(
    tmp_path: Path, program: str, code: int, problem: str
) -> None:
    (tmp_path / "directory").mkdir()

    done = record(tmp_path, "-o", "out.jsonl", program=[program])

    assert (done.returncode, done.stderr) == (code, f"{program} can't be started: {problem}\n")
    assert not (tmp_path / "out.jsonl").exists()


def test_after_five_seconds_without_a_span_the_reason_is_told_once(tmp_path: Path) -> None:
    done = record(tmp_path, "-o", "out.jsonl", "--seconds", "7", program=["sleep", "100"])

    assert done.returncode == 2
    assert done.stderr.count("No span yet. Nobody connected in 5 s, and no library of a Python tracer") == 1


def test_a_jaeger_client_of_a_command_is_answered_at_the_standard_port_if_it_is_free(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_options, "JAEGER_SAMPLING", StandardPort(free_port, "tcp", "", ""))
    with Appender(Path("/dev/null")) as file:
        recorder, listening = Recorder(file, Masks()), record_options.Listening("127.0.0.1", False)
        with (
            listening.collector(recorder, is_for_command=True) as first,
            listening.collector(recorder, is_for_command=True) as second,
        ):
            assert first.ports.sampling == free_port
            assert second.ports.sampling not in (free_port, 0, None)


def test_a_pipeline_of_a_shell_is_one_command(tmp_path: Path) -> None:
    (tmp_path / "native.py").write_text(NATIVE + "\nprint('one'); print('two')")

    done = record(tmp_path, "-o", "out.jsonl", program=["sh", "-c", f"{PYTHON} native.py | wc -l; exit 5"])

    assert (done.returncode, done.stdout.strip()) == (5, "2")
    assert len(read(tmp_path / "out.jsonl").spans) == 2


def test_an_existing_recording_is_refused_before_the_command_runs(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine")

    done = record(tmp_path, "-o", "out.jsonl", program=["touch", "ran"])

    assert (done.returncode, (tmp_path / "ran").exists()) == (2, False)
    assert done.stderr == "Error: out.jsonl exists. Name another file, or replace it with --overwrite.\n"
    assert (tmp_path / "out.jsonl").read_text() == "mine"


@pytest.mark.parametrize("condition", [("--spans", "2"), ("--until-idle", "0.5s"), ("--seconds", "15")])
def test_a_condition_ends_a_command_that_would_go_on(tmp_path: Path, condition: Sequence[str]) -> None:
    program = NATIVE + "\nprovider.force_flush()\nimport time; time.sleep(1000)"

    done = record(tmp_path, "-o", "out.jsonl", *condition, program=python(program))

    assert done.returncode == 0
    assert len(read(tmp_path / "out.jsonl").spans) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_goes_to_the_command_and_the_file_is_whole(tmp_path: Path, number: signal.Signals) -> None:
    with recording(tmp_path, *python(WAITS)) as process:
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)

    assert process.returncode == 128 + number
    assert len(read(tmp_path / "out.jsonl").spans) == 2
    assert "out.jsonl: 2 spans" in errors


def test_a_command_that_ends_in_order_has_its_own_code(tmp_path: Path) -> None:
    with recording(tmp_path, *python(WAITS)) as process:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGUSR1)
        process.communicate(timeout=30)

    assert process.returncode == 9


def test_kill_9_of_the_command_leaves_what_arrived(tmp_path: Path) -> None:
    with recording(tmp_path, *python(WAITS)) as process:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGKILL
    assert len(read(tmp_path / "out.jsonl").spans) == 2


def test_kill_9_of_the_recorder_leaves_a_readable_file_and_no_process(tmp_path: Path) -> None:
    with recording(tmp_path, *python(WAITS)) as process:
        wait_until(lambda: (tmp_path / "out.jsonl").stat().st_size > 0)  # within a second
        process.kill()
        wait_until(lambda: not runs(int((tmp_path / "pid").read_text())))

    with open_recording(tmp_path / "out.jsonl") as reader:
        assert len(list(reader.spans())) == 2


def test_processes_that_a_command_leaves_behind_are_ended(tmp_path: Path) -> None:
    record(tmp_path, "-o", "out.jsonl", program=["sh", "-c", "sleep 1000 & echo $! > pid"])

    wait_until(lambda: not runs(int((tmp_path / "pid").read_text())))


def test_an_environment_that_leads_elsewhere_leads_here(tmp_path: Path) -> None:
    done = record(
        tmp_path,
        *("-o", "out.jsonl"),
        program=python(NATIVE),
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="http://192.0.2.1/v1/traces",
        OTEL_EXPORTER_OTLP_HEADERS="api-key=mine",
        HTTP_PROXY="http://127.0.0.1:9",
        OTEL_SDK_DISABLED="true",
    )

    assert done.returncode == 0
    assert len(read(tmp_path / "out.jsonl").spans) == 2


def test_without_a_command_each_complete_trace_is_shown_until_a_signal(tmp_path: Path) -> None:
    with subprocess.Popen(
        words("-o", "out.jsonl", "--free-ports"),
        cwd=tmp_path,
        env=environment(COLUMNS="60"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            [port] = re.findall(r"OTLP/HTTP on (\d+)", process.stderr.readline())
            endpoint = f"http://127.0.0.1:{port}"
            subprocess.run(python(NATIVE), env=environment(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint), check=True)
            shown = [process.stdout.readline() for _ in range(3)]
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()

    assert process.returncode == 0
    assert [line[2:].split()[:4] for line in shown[1:]] == [
        ["parent", "of", "shop", "INTERNAL"],
        ["└──", "child", "INTERNAL", "UNSET"],
    ]
    assert errors.startswith("out.jsonl: 2 spans, 1 trace, complete.\n")


def test_the_traces_of_a_running_jaeger_are_recorded_and_masked(tmp_path: Path) -> None:
    shop = {"service.name": "shop"}
    spans = [
        Span("1" * 32, "2" * 16, "pay", resource=shop, attributes={"http.url": "http://shop/?token=abc"}),
        Span("1" * 32, "3" * 16, "charge", "2" * 16, resource=shop),
    ]

    def jaeger(request: HttpRequest) -> HttpAnswer:
        return answer([trace(spans)]) if request.path == "/api/traces" else HttpAnswer(404)

    with HttpServer(jaeger) as server:
        done = record(tmp_path, "-o", "out.jsonl", "--from-jaeger", server.url, "--service", "shop")

    found = read(tmp_path / "out.jsonl")
    assert (done.returncode, found.stored_in, [span.name for span in found.spans]) == (
        0,
        STORED_IN_JAEGER,
        ["pay", "charge"],
    )
    assert "abc" not in (tmp_path / "out.jsonl").read_text()
    assert done.stderr.startswith("out.jsonl: 2 spans, 1 trace, complete.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--", "true"], "Missing option '-o'"),
        (["-o", "x", "--until-idle", "soon", "true"], "'soon' is not a time like 3s, 0.5s, 2m or 1h."),
        (["-o", "x", "--spans", "0", "true"], "0 is not in the range"),
        (
            ["-o", "x", "--url", "http://127.0.0.1:1", "true"],
            "--url is the address for the requests of --drive",
        ),
        (["-o", "x", "--drive", "none.toml", "true"], "none.toml can't be read: No such file or directory"),
        (["-o", "x", "--mask-pattern", "(", "true"], "'(' is not a regular expression"),
        (["-o", "x", "--service", "shop"], "--service is the service to read with --from-jaeger"),
        (["-o", "x", "--from-jaeger", "http://127.0.0.1:1"], "Name with --service the service"),
        (
            ["-o", "x", "--from-jaeger", "http://127.0.0.1:1", "--service", "shop", "true"],
            "leave out COMMAND",
        ),
        (["-o", "x", "--from-jaeger", "http://127.0.0.1:1", "--service", "shop"], "http://127.0.0.1:1"),
        (["-o", ".", "true"], ". can't be written: Is a directory"),
        (["-o", "/dev/full", *python(NATIVE)], "/dev/full can't be written: No space left on device"),
    ],
)
def test_misuse_is_one_message_and_2(tmp_path: Path, arguments: Sequence[str], told: str) -> None:
    done = record(tmp_path, *arguments)

    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_in_a_terminal_reaches_the_command_once(tmp_path: Path) -> None:
    program = (
        "import time\n"
        "try:\n    print('name?', input(), flush=True); time.sleep(1000)\n"
        "except KeyboardInterrupt:\n    print('once', flush=True); time.sleep(0.5); raise SystemExit(7)\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(PYTHON, words("-o", "out.jsonl", "--", *python(program)), environment())
    shown = b""

    def wait_for(text: bytes) -> None:
        nonlocal shown
        while text not in shown:
            try:
                shown += os.read(terminal, 1000)
            except OSError as error:  # the program has ended
                raise AssertionError(shown.decode()) from error

    os.write(terminal, b"Bob\n")
    wait_for(b"name? Bob")
    os.write(terminal, b"\x03")
    wait_for(b"once")
    wait_for(b"No span arrived")
    ended = poll(lambda: os.waitpid(pid, os.WNOHANG), lambda found: found[0] == pid)
    os.close(terminal)

    assert os.waitstatus_to_exitcode(ended[1]) == 7
