"""A budget of elements: a message that is small on the wire and large in memory is refused or bounded."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from ot2otel.receive.collector import Collector, Counts
from ot2otel.wire.checked import MAX_ELEMENTS
from tests.golden import packet
from tests.support import hostile

OTLP = packet("otlp-http-exporter.pb")
MEBIBYTE = 1024 * 1024
# Well above the largest message, which is built at once, whatever is kept of it.
BOUND = 32 * MEBIBYTE

# A collector in a process of its own, so that its memory can be measured. A line asks for its spans.
CHILD = f"""
import sys
from ot2otel.receive.collector import Collector
with Collector(max_bytes={BOUND}) as collector:
    print(collector.otlp_endpoint, flush=True)
    for line in sys.stdin:
        print(len(collector.spans), flush=True)
"""


def _post(url: str, body: bytes, media_type: str) -> requests.Response:
    headers = {"Content-Type": media_type, "Content-Encoding": "gzip"}
    return requests.post(f"{url}/v1/traces", data=gzip.compress(body, 1), headers=headers, timeout=60)


def _cases(number: int) -> list[object]:
    sorts = {"application/x-protobuf": hostile.PROTOBUF, "application/json": hostile.JSON}
    return [
        pytest.param(media_type, lambda make=make: make(number), id=f"{name}, {media_type[12:]}")
        for media_type, table in sorts.items()
        for name, make in table.items()
        if name not in ("text", "numbers", "spans without ids")
    ]


@pytest.mark.parametrize(("media_type", "make"), _cases(MAX_ELEMENTS + 1))
def test_a_message_of_too_many_elements_is_refused(media_type: str, make: Callable[[], bytes]) -> None:
    with Collector() as collector:
        answer = _post(collector.otlp_endpoint, make(), media_type)

    assert answer.status_code == 413
    assert collector.counts == Counts(requests=1, malformed=1)
    assert collector.problems[0].startswith("POST /v1/traces: Send at most ")


def test_the_last_element_of_the_budget_is_taken() -> None:
    body = hostile.PROTOBUF["empty events"](MAX_ELEMENTS - 10)

    with Collector() as collector:
        answer = _post(collector.otlp_endpoint, body, "application/x-protobuf")

    assert (answer.status_code, collector.counts) == (200, Counts(spans=1, requests=1))
    assert len(collector.spans[0].events) == MAX_ELEMENTS - 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no figures of memory here")
@pytest.mark.parametrize(("media_type", "make"), _cases(30_000))
def test_resident_memory_stays_below_three_times_the_bound(
    media_type: str, make: Callable[[], bytes]
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        url = child.stdout.readline().strip()
        # The first message and the first look load the decoder.
        _post(url, hostile.PROTOBUF["spans"](1), "application/x-protobuf")
        _spans_of(child)
        at_start = _peak(child.pid)
        answers = {_post(url, make(), media_type).status_code for _ in range(12)}
        _spans_of(child)
        taken = _peak(child.pid) - at_start
        child.stdin.close()

    assert answers == {200}
    assert taken < 3 * BOUND


def _spans_of(child: subprocess.Popen[str]) -> None:
    """Let the collector build its spans."""
    assert child.stdin
    assert child.stdout
    child.stdin.write("read\n")
    child.stdin.flush()
    child.stdout.readline()


def _peak(pid: int) -> int:
    """Return the process's peak of resident memory in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_many_spans_without_ids_are_refused() -> None:
    with Collector() as collector:
        answer = _post(
            collector.otlp_endpoint, hostile.PROTOBUF["spans without ids"](100_000), "application/x-protobuf"
        )

    assert answer.status_code == 400
    assert "More than 1000 spans are invalid" in collector.problems[0]


def test_a_long_text_is_no_element() -> None:
    body = hostile.PROTOBUF["text"](100_000)

    with Collector() as collector:
        answer = _post(collector.otlp_endpoint, body, "application/x-protobuf")

    assert (answer.status_code, len(collector.spans[0].name)) == (200, 1_600_001)


def test_one_trace_id_after_the_other_in_one_message_fills_the_store_to_its_bound() -> None:
    with Collector(max_spans=1000) as collector:
        _post(collector.otlp_endpoint, hostile.PROTOBUF["spans"](5000), "application/x-protobuf")

    assert collector.counts == Counts(spans=5000, requests=1, evicted_spans=4000, evicted_traces=4000)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\x0a" + b"\xff" * 600_000, id="a number without an end"),
        pytest.param(hostile.field(1, bytes([0x12]) * 600_000)[:-1], id="truncated"),
        pytest.param(b"\x0d" * 600_001, id="half a fixed number"),
    ],
)
def test_a_long_body_that_is_no_protobuf_is_refused(body: bytes) -> None:
    with Collector() as collector:
        answer = _post(collector.otlp_endpoint, body, "application/x-protobuf")

    assert answer.status_code in (400, 413)
    assert collector.counts == Counts(requests=1, malformed=1)


def test_a_body_nested_without_an_end_is_refused() -> None:
    value = hostile.field(1, b"a" * 600_000)
    for _ in range(600):
        value = hostile.field(5, hostile.field(1, value))
    body = hostile.request(hostile.span(hostile.field(9, hostile.field(2, value))))

    with Collector() as collector:
        answer = _post(collector.otlp_endpoint, body, "application/x-protobuf")

    assert (answer.status_code, "nested too deep" in collector.problems[0]) == (400, True)
