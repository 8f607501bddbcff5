"""Answers for jaeger-client's questions to its agent over HTTP: sample every trace, and do not throttle."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

_MOST_OPERATIONS = 1000
_CREDITS = 1000  # one debug trace takes one


def strategy(_: str) -> bytes:
    """Return the sampling strategy for any service: every trace.

    The names are those of Jaeger's `sampling.proto` as JSON. Python, Node and Java ask at `/sampling`.
    """
    return _json({"strategyType": "PROBABILISTIC", "probabilisticSampling": {"samplingRate": 1.0}})


def credits_for(query: str) -> bytes:
    """Return the credits for debug traces of each operation in the query `operations=a&operations=b`.

    Clients with a remote throttler ask for them at `/credits`; without an answer they start no debug trace.
    """
    names = parse_qs(query).get("operations", [])[:_MOST_OPERATIONS]
    return _json({"balances": [{"operation": name, "balance": _CREDITS} for name in names]})


def _json(answer: object) -> bytes:
    return json.dumps(answer).encode()
