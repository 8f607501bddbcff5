"""server-2 of `hello` as PACKAGE traces it, for a WSGI server; `/block` prints a line and never answers."""

from __future__ import annotations

import os
import time
from importlib import import_module

from flask import Flask, Response

PACKAGE = os.environ["PACKAGE"]
# The shim has no flow of its own.
FLOWS = {"shim_bridge": "legacy_opentracing"}

tracing = import_module(f"{PACKAGE}.tracing").start_tracing("server-2")
app: Flask = import_module(f"{FLOWS.get(PACKAGE, PACKAGE)}.hello").server_2(tracing, work=0)


@app.get("/block")
def block() -> Response:
    print("blocked", flush=True)
    time.sleep(600)
    return Response()


@app.after_request
def sign(response: Response) -> Response:
    response.headers["Worker"] = str(os.getpid())
    return response
