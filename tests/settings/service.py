"""A service of `hello`, set up by a configuration: `python -m tests.settings.service LIBRARY SERVICE SETUP`.

LIBRARY is `legacy` or `native`. SETUP is a file: jaeger-client's dictionary as JSON, or a module with the
function `set_up_tracing`; with `-` the flow's own set-up reads the environment. Standard input has the
headers of each request, as JSON; standard output gets each answer.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from pathlib import Path

from jaeger_client.config import Config
from opentelemetry.propagate import get_global_textmap

import legacy_opentracing.hello
import legacy_opentracing.tracing
import otel_native.hello
import otel_native.tracing
from tests.support.untyped import AnyTracer

_TIMEOUT = 10  # seconds


def legacy(setup: str) -> legacy_opentracing.tracing.Tracing:
    if setup == "-":
        return legacy_opentracing.tracing.start_tracing("hello")
    tracer: AnyTracer = Config(json.loads(Path(setup).read_text())).new_tracer()

    def close() -> None:
        sent = tracer.close()
        deadline = time.monotonic() + _TIMEOUT
        while not sent.done() and time.monotonic() < deadline:
            time.sleep(0.01)

    return legacy_opentracing.tracing.Tracing(tracer, close)


def native(setup: str) -> otel_native.tracing.Tracing:
    if setup == "-":
        return otel_native.tracing.start_tracing("hello")
    provider = runpy.run_path(setup)["set_up_tracing"]()
    return otel_native.tracing.Tracing(
        provider.get_tracer("hello"), get_global_textmap(), close=provider.shutdown
    )


def main(library: str, service: str, setup: str) -> None:
    if library == "legacy":
        old = legacy(setup)
        close = old.close
        flow = legacy_opentracing.hello
        app = (
            flow.server_2(old, work=0)
            if service == "server-2"
            else flow.server_1(old, "http://127.0.0.1:9/", work=0)
        )
    else:
        new = native(setup)
        close = new.close
        flow_native = otel_native.hello
        app = (
            flow_native.server_2(new, work=0)
            if service == "server-2"
            else flow_native.server_1(new, "http://127.0.0.1:9/", work=0)
        )
    client = app.test_client()
    for headers in json.load(sys.stdin):
        if service == "server-2":
            answer = client.post("/", data="Bryan", headers=headers)
        else:
            answer = client.get("/" + "Bryan" * 20, headers=headers)
        print(answer.text)
    close()


if __name__ == "__main__":
    main(*sys.argv[1:])
