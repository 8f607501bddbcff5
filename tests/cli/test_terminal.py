"""Text from a wire, a Jaeger, a file or the command line never steers the reader's terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

import pytest
import requests
from click.testing import CliRunner, Result

from ot2otel import recording_file
from ot2otel.cli import main
from ot2otel.cli.judging import FORMATS
from ot2otel.lab import catalog, up
from ot2otel.lab.catalog import FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.model import Event as SpanEvent
from ot2otel.model import Span, Status, StatusCode
from ot2otel.outline import printable, printable_lines
from ot2otel.recording import Answer, Recording
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.support.fake_jaeger import answer, trace
from tests.support.http_server import HttpAnswer, HttpRequest, HttpServer

# A window's title, a cleared screen, C1's way to begin both, bidi marks, and a NUL.
POISON = "\x1b]0;owned\x07\x1b[2J\x9b2J\u202eesrever\u2066\u200f\x00"
ID = "uber-trace-id: 1:2:0:1"
IN_URLS = "\x1b]0;owned\x07\u202e"


def poisoned(name: str = "") -> Span:
    return Span(
        "0" * 31 + "1",
        "0" * 15 + "1",
        POISON + name,
        start_ns=1_000_000,
        end_ns=2_000_000,
        attributes={POISON + name: POISON, "note": POISON + name},
        events=(SpanEvent(POISON + name, 1_500_000, {POISON: POISON + name}),),
        status=Status(StatusCode.ERROR, POISON + name),
        resource={"service.name": POISON + name, "service.namespace": POISON},
    )


def recording(name: str = "") -> Recording:
    return Recording(
        (poisoned(name),),
        flow=POISON,
        variant=POISON + name,
        exporter=POISON,
        answers=(Answer(f"GET /{POISON}", 200, POISON + name),),
        versions={POISON: POISON + name},
    )


def assert_harmless(ran: Result) -> None:
    shown = ran.output.replace("\n", "")
    assert shown
    assert [character for character in set(shown) if not character.isprintable()] == []


@contextmanager
def jaeger(found: HttpAnswer) -> Iterator[list[str]]:
    """Run something in the place of a Jaeger that answers every query so; give the options that name it."""

    def answered(request: HttpRequest) -> HttpAnswer:
        return answer([]) if request.path == "/api/services" and found.status == 200 else found

    with HttpServer(answered) as server:
        yield [f"--jaeger={server.url}", f"--otlp={server.url}"]


@pytest.mark.parametrize("character", list(POISON.replace("esrever", "")[-6:]), ids=ascii)
def test_each_of_them_is_escaped(character: str) -> None:
    assert printable(character) == character.encode("unicode_escape").decode()


def test_lines_stay_lines() -> None:
    assert printable_lines("a\x1b\nb\r\n") == "a\\x1b\nb\\r\n"


def test_diff_of_poisoned_recordings(tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    recording_file.write(recording(), before)
    recording_file.write(recording("other"), after)

    for output in FORMATS:
        assert_harmless(CliRunner().invoke(main, ["diff", str(before), str(after), "--format", output]))


def test_accept_of_a_poisoned_verdict(tmp_path: Path) -> None:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    recording_file.write(recording(), before)
    recording_file.write(recording("other"), after)
    document, accepted = str(tmp_path / "verdict.json"), str(tmp_path / "accept.toml")
    arguments = ["--reason", POISON, "--grade", "gone", "--grade", "changed", "--file", accepted]

    CliRunner().invoke(main, ["diff", str(before), str(after), "-o", f"json:{document}"])
    written = CliRunner().invoke(main, ["accept", document, "attributes.*", *arguments])
    refused = CliRunner().invoke(main, ["accept", document, POISON, *arguments])
    judged = CliRunner().invoke(main, ["diff", str(before), str(after), "--accept", accepted, "--explain"])

    assert (written.exit_code, refused.exit_code) == (0, 2)
    assert "accepted: \\x1b]0;owned" in judged.output
    for ran in (written, refused, judged):
        assert_harmless(ran)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(POISON, id="no JSON"),
        pytest.param(json.dumps({POISON: POISON}), id="other JSON"),
        pytest.param(
            json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": POISON}]}]}]}), id="an id"
        ),
        pytest.param(json.dumps([trace([poisoned()]) | {"processes": {}}]), id="a process"),
        pytest.param(
            json.dumps(encode_json([poisoned()]) | {"recording": {POISON: POISON, "flow": 1}}),
            id="a description",
        ),
    ],
)
def test_diff_of_files_that_cannot_be_read(content: str, tmp_path: Path) -> None:
    path = tmp_path / f"{POISON[:-1]}.json"  # a name can't have a NUL
    path.write_text(content, encoding="utf-8")

    ran = CliRunner().invoke(main, ["diff", str(path), str(path)])

    assert ran.exit_code == 2
    assert_harmless(ran)


@pytest.mark.parametrize(
    "captured",
    [
        pytest.param(f"{POISON}: 1", id="a name"),
        pytest.param(f"baggage: key={POISON}", id="W3C baggage"),
        pytest.param(
            f"uber-trace-id: 1:2:0:1\nuberctx-{POISON}: {POISON}\nuberctx-key: {POISON}", id="uberctx"
        ),
        pytest.param(json.dumps({"uberctx-key": POISON, "uber-trace-id": "1:2:0:1"}), id="JSON"),
        pytest.param(json.dumps({POISON: POISON}), id="a name in JSON"),
        pytest.param(json.dumps({"uber-trace-id": POISON, "traceparent": POISON, "b3": POISON}), id="ids"),
        pytest.param(
            json.dumps({"uberctx-key": "%1b%5d0;owned%07%e2%80%ae", "uber-trace-id": "1:2:0:1"}), id="quoted"
        ),
    ],
)
def test_headers(captured: str) -> None:
    assert_harmless(CliRunner().invoke(main, ["headers"], input=captured.encode()))


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(
            HttpAnswer(500, body=json.dumps({"errors": [{"msg": POISON}]}).encode()), id="an error's text"
        ),
        pytest.param(HttpAnswer(200, IN_URLS.encode().decode("latin-1"), b"no JSON"), id="a media type"),
        pytest.param(HttpAnswer(500, body=POISON.encode()), id="a body"),
        pytest.param(
            HttpAnswer(200, body=json.dumps({"data": [{"traceID": POISON, "spans": [POISON]}]}).encode()),
            id="a trace",
        ),
        pytest.param(
            HttpAnswer(302, headers={"Location": "http://127.0.0.1:1/\x1b]0;owned\x07"}), id="a way on"
        ),
    ],
)
def test_a_jaeger_that_is_none(found: HttpAnswer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ot2otel.lab.attached.QUIET", 0.05)
    monkeypatch.setattr("ot2otel.cli.compare.Plan", partial(Plan, deadline=0.1))
    with HttpServer(lambda _: HttpAnswer(body=POISON.encode())) as front, jaeger(found) as options:
        ran = CliRunner().invoke(main, ["compare", *options, f"--target=native={front.url}"])

    assert ran.exit_code == 2
    assert_harmless(ran)


def test_addresses_on_the_command_line() -> None:
    for option in ("--jaeger", "--otlp", "--jaeger-ui", "--jaeger-agent", "--target"):
        given = (
            f"native=http://127.0.0.1:1/{IN_URLS}"
            if option == "--target"
            else f"http://127.0.0.1:1/{IN_URLS}"
        )

        ran = CliRunner().invoke(main, ["compare", "--jaeger", "http://127.0.0.1:1", option, given])

        assert ran.exit_code == 2
        assert_harmless(ran)


def test_a_name_to_greet_goes_through_all_variants(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        main,
        ["compare", "--work", "0", "--console", "--name", POISON, "--save", str(tmp_path / POISON[:-1])],
    )

    assert_harmless(ran)


def test_a_service_s_log(monkeypatch: pytest.MonkeyPatch, at_root: None) -> None:
    loud = replace(VARIANTS["native"], package="tests.support.planted.loud")
    monkeypatch.setitem(catalog.VARIANTS, "native", loud)

    ran = CliRunner().invoke(main, ["compare", "--variants", "native", "--console"])

    assert ran.exit_code == 2
    assert_harmless(ran)


def test_traces_that_up_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = replace(
        FLOWS["hello"], services=tuple(replace(service, port=0) for service in FLOWS["hello"].services)
    )
    monkeypatch.setitem(catalog.FLOWS, "hello", flow)
    monkeypatch.setitem(catalog.VARIANTS, "native", replace(VARIANTS["native"], port_shift=0))
    watch = up.watch

    def watched(runs, destination, show, stopped, **more):  # type: ignore[no-untyped-def]  # as `watch` has them
        requests.post(
            f"{destination.otlp_endpoint}/v1/traces", json=encode_json([poisoned()]), timeout=10
        ).raise_for_status()
        ended = Event()

        def shown(found: object) -> None:
            show(found)
            ended.set()

        watch(runs, destination, shown, ended, 0.01, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(up, "watch", watched)

    ran = CliRunner().invoke(main, ["up", "--variants", "native"])

    assert "owned" in ran.output
    assert_harmless(ran)
