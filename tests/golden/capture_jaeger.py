"""Keep what a running Jaeger answers for our own spans: `python -m tests.golden.capture_jaeger`.

Run it in the pinned lane, against a Jaeger on this machine that was just started with its default ports.
"""

from __future__ import annotations

import functools
import json
import os
import re
import time
from collections.abc import Callable, Mapping

import requests

from ot2otel.lab.catalog import BY_HAND, FLOWS, VARIANTS
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.receive.jaeger.running import RunInJaeger, RunningJaeger
from ot2otel.recording import RUN_ID
from ot2otel.wire.otlp_json_encoder import encode_json
from tests.golden import DIRECTORY, JAEGER_URL, OF_NO_MACHINE, capture_packets
from tests.support.odd_spans import ODD_SPANS, START
from tests.support.untyped import Json

URL = os.environ.get(JAEGER_URL, "http://127.0.0.1:16686")
JAEGER = RunningJaeger(URL, "127.0.0.1", 6831, "http://127.0.0.1:4318")
_FILE = re.compile(r'File "(?:[^"]*/)?([^"/]+)"')
_NEUTRAL = {"host.name": "golden", "hostname": "golden", "ip": "192.0.2.1"}


def main() -> None:
    os.environ |= OF_NO_MACHINE
    begun = time.time_ns()

    def in_jaeger(plan: Plan, run: str) -> RunInJaeger:
        return RunInJaeger(JAEGER, [service.name for service in plan.flow.services], {RUN_ID: run}, begun)

    plans = [
        Plan(FLOWS["hello"], variant, exporter, work=0)
        for variant in map(VARIANTS.__getitem__, BY_HAND)
        for exporter in variant.exporters
    ]
    for recording in record(plans, open_destination=in_jaeger):
        first = recording.spans[0]
        run = first.resource_value(RUN_ID)
        tags = json.dumps({RUN_ID: run})
        ports = {port.actual: port.documented for port in recording.ports.values()}
        name = f"hello-{recording.variant}-{recording.exporter}"
        _save(name, functools.partial(_ask, "server-1", tags=tags), ports)
    capture_packets.send_with_jaeger_client(6831)
    _save("caller-jaeger-client", lambda: _ask("caller", limit=1))
    capture_packets.send_with_thrift_exporter(6831)
    _save("caller-jaeger-thrift-exporter", lambda: _ask("caller", limit=1))
    capture_packets.send_with_otlp_exporter(4318)
    _save("caller-otlp-http-exporter", lambda: _ask("caller", limit=1))
    requests.post(f"{JAEGER.otlp_endpoint}/v1/traces", json=encode_json(ODD_SPANS)).raise_for_status()
    _save("odd", lambda: _ask("odd", start=START // 1000 - 1, end=START // 1000 + 1))
    _save("nothing-found", lambda: _ask("nobody"), wait=False)
    _write("odd", _ask_v3("odd"), "jaeger_v3")
    _write("nothing-found", _ask_v3("nobody"), "jaeger_v3")


def _ask_v3(service: str) -> Json:
    asked = {
        "query.service_name": service,
        "query.start_time_min": "2020-09-13T12:26:40Z",  # START is 0.12 s later
        "query.start_time_max": "2020-09-13T12:26:41Z",
        "query.raw_traces": "true",
    }
    answer: Json = requests.get(f"{URL}/api/v3/traces", params=asked, timeout=10).json()
    return answer


def _ask(service: str, **parameters: str | int) -> Json:
    asked = {"service": service, "raw": "true", "lookback": "1h", **parameters}
    answer: Json = requests.get(f"{URL}/api/traces", params=asked, timeout=10).json()
    return answer


def _save(
    name: str, ask: Callable[[], Json], ports: Mapping[int, int] | None = None, wait: bool = True
) -> None:
    deadline = time.monotonic() + 10
    answer = ask()
    while wait and time.monotonic() < deadline:
        time.sleep(1)
        before, answer = answer, ask()
        if answer["data"] and answer == before:
            break
    text = json.dumps(_neutral(answer), indent=1, ensure_ascii=False)
    for actual, documented in (ports or {}).items():
        text = re.sub(rf"(?<!\d){actual}(?!\d)", str(documented), text)
    _write(name, json.loads(text))


def _write(name: str, answer: Json, place: str = "jaeger") -> None:
    directory = DIRECTORY / place
    directory.mkdir(exist_ok=True)
    text = json.dumps(answer, indent=1, ensure_ascii=False)
    (directory / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _neutral(content: object) -> object:
    match content:
        case {"key": str(key), "value": _, **rest} if key in _NEUTRAL:
            return {"key": key, **rest, "value": _NEUTRAL[key]}
        case dict():
            return {key: _neutral(value) for key, value in content.items()}
        case list():
            return [_neutral(item) for item in content]
        case str():
            return _FILE.sub(r'File "\1"', content)
        case _:
            return content


if __name__ == "__main__":
    main()
