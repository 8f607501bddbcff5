from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ot2otel.model import AttributeValue, Event, KeyValues, Link, Span, Status, StatusCode
from ot2otel.recording import RUN_ID, Answer, Port, Recording
from tests.support.fields import SpanFields

if TYPE_CHECKING:
    from typing_extensions import Unpack

PORTS = {"server-1": Port(8081, 8082), "server-2": Port(50123, 8081)}
SPAN = Span("1" * 32, "1" * 16, "op")


def _normalized(**fields: Unpack[SpanFields]) -> Span:
    (span,) = Recording((replace(SPAN, **fields),), ports=PORTS).normalized_spans()
    return span


@pytest.mark.parametrize(
    ("variant", "exporter", "label"),
    [("native", "otlp", "native/otlp"), ("native", "", "native"), ("", "", "")],
)
def test_a_recording_is_called_by_its_variant_and_exporter(variant: str, exporter: str, label: str) -> None:
    assert Recording((), variant=variant, exporter=exporter).label == label


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        pytest.param("http://127.0.0.1:50123/a", "http://127.0.0.1:8081/a", id="address"),
        pytest.param("http://localhost:50123", "http://localhost:8081", id="name of the host"),
        pytest.param("host='127.0.0.1', port=50123)", "host='127.0.0.1', port=8081)", id="in words"),
        pytest.param(
            "127.0.0.1:8081 127.0.0.1:50123", "127.0.0.1:8082 127.0.0.1:8081", id="two that overlap"
        ),
        pytest.param("127.0.0.1:501234", "127.0.0.1:501234", id="a longer number"),
        pytest.param("127.0.0.1:80815", "127.0.0.1:80815", id="a port that begins like one"),
        pytest.param("50123", "50123", id="a number alone"),
        pytest.param("192.0.2.1:50123", "192.0.2.1:50123", id="another host"),
        pytest.param("transport=50123", "transport=50123", id="a word that ends in port"),
        pytest.param("<C object at 0x7f12b6e0a2d0>", "<C object at 0x0>", id="address of an object"),
        pytest.param("colour 0xffffff", "colour 0xffffff", id="a hexadecimal number"),
        pytest.param("C at 0xff", "C at 0xff", id="a small one"),
    ],
)
def test_text_is_normalized(raw: str, normalized: str) -> None:
    assert _normalized(attributes={"k": raw}) == replace(SPAN, attributes={"k": normalized})


@pytest.mark.parametrize(
    ("key", "raw", "normalized"),
    [
        pytest.param("server.port", 50123, 8081, id="port"),
        pytest.param("port", 8081, 8082, id="key port"),
        pytest.param("server.port", 9, 9, id="another port"),
        pytest.param("server.port", True, True, id="no number"),
        pytest.param("server.port", 50123.0, 50123.0, id="not an integer"),
        pytest.param("net.peer.port", "50123", "8081", id="as text"),
        pytest.param("net.peer.port", "501234", "501234", id="as text, and longer"),
        pytest.param("count", 50123, 50123, id="number that is no port"),
        pytest.param("report", 50123, 50123, id="key that ends in port"),
        pytest.param("net.ports", 50123, 50123, id="key that begins with port"),
        pytest.param("server.port", (50123, "port=50123"), (8081, "port=8081"), id="in a list"),
        pytest.param(
            "peer",
            KeyValues((("port", 50123), ("size", 50123), ("url", "localhost:50123"))),
            KeyValues((("port", 8081), ("size", 50123), ("url", "localhost:8081"))),
            id="in a map",
        ),
        pytest.param("k", b"127.0.0.1:50123", b"127.0.0.1:50123", id="bytes"),
        pytest.param("k", None, None, id="nothing"),
    ],
)
def test_a_port_is_normalized_to_the_documented_one(
    key: str, raw: AttributeValue, normalized: AttributeValue
) -> None:
    assert repr(_normalized(attributes={key: raw})) == repr(replace(SPAN, attributes={key: normalized}))


@pytest.mark.parametrize(
    "key", [RUN_ID, "service.namespace", "service.instance.id", "process.pid", "process.parent_pid"]
)
def test_ids_of_the_run_and_its_processes_are_dropped(key: str) -> None:
    attributes = {key: "x", f"{key}.more": "kept", "process.owner": "kept"}

    assert _normalized(attributes=attributes, resource=attributes) == replace(
        SPAN,
        attributes={f"{key}.more": "kept", "process.owner": "kept"},
        resource={f"{key}.more": "kept", "process.owner": "kept"},
    )


def test_events_links_and_the_status_are_normalized() -> None:
    raw, normalized = {"url": "localhost:50123"}, {"url": "localhost:8081"}

    span = _normalized(
        status=Status(StatusCode.ERROR, "port=50123"),
        events=(Event("e", 5, raw, 1),),
        links=(Link("2" * 32, "2" * 16, raw),),
    )

    assert span == replace(
        SPAN,
        status=Status(StatusCode.ERROR, "port=8081"),
        events=(Event("e", 5, normalized, 1),),
        links=(Link("2" * 32, "2" * 16, normalized),),
    )


def test_without_known_ports_none_is_masked() -> None:
    span = replace(SPAN, attributes={"server.port": 50123, "url": "127.0.0.1:50123", "o": "C at 0x7f12b6e0"})

    assert Recording((span,)).normalized_spans() == (
        replace(span, attributes={**span.attributes, "o": "C at 0x0"}),
    )


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        pytest.param("time is Thu Jun  7 17:18:54 2018", "time is <time>", id="time"),
        pytest.param("time is Mon Dec 31 00:00:00 2018.", "time is <time>.", id="two digits"),
        pytest.param("time is 17:18:54", "time is 17:18:54", id="no date"),
        pytest.param(
            "Thursday Jun  7 17:18:54 2018", "Thursday Jun  7 17:18:54 2018", id="not a date as written"
        ),
        pytest.param("127.0.0.1:50123 is gone", "127.0.0.1:8081 is gone", id="port"),
    ],
)
def test_an_answer_is_normalized(raw: str, normalized: str) -> None:
    recording = Recording((), answers=(Answer("GET http://127.0.0.1:8081/", 200, raw),), ports=PORTS)

    assert recording.normalized_answers() == (Answer("GET http://127.0.0.1:8082/", 200, normalized),)
