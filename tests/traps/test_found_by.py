"""The commands that the texts name find the traps in small inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.traps import trap_named

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
UBER = {"uber-trace-id": f"{TRACE}:{SPAN}:0:1", "uberctx-tenant": "blue"}
NO_NAMES: Mapping[str, object] = {}


def found(command: str, trap: str, *arguments: str, content: str) -> str:
    """Return the output of a command as one line, if the trap's text names the command."""
    named = trap_named(trap)
    assert named is not None
    assert f"`ot2otel {command}" in named.found_by
    result = CliRunner().invoke(main, [command, *arguments], input=content)
    assert result.exit_code == 0
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("trap", "settings", "warning"),
    [
        ("enabled-false-is-not-read", {"enabled": False}, "jaeger-client never reads this key"),
        ("w3c-of-jaeger-client", {"propagation": "w3c"}, "with 'w3c' it sends uber-trace-id"),
        ("everything-is-sampled", NO_NAMES, "without a setting it samples everything"),
        ("remote-sampler-is-unknown", NO_NAMES, "Python's SDK has no remote sampler"),
        (
            "always-on-is-not-const",
            {"sampler": {"type": "const", "param": 1}},
            "so it is parentbased_always_on, not always_on",
        ),
        ("burst-beyond-a-hundred", NO_NAMES, "the queue holds 2048 spans instead of 100"),
        ("missing-propagator-stops-the-service", NO_NAMES, "a process without it does not start"),
    ],
)
def test_translate_config_warns(trap: str, settings: Mapping[str, object], warning: str) -> None:
    content = json.dumps({"service_name": "old", **settings})

    assert warning in found("translate-config", trap, "-", "--from", "json", content=content)


def test_translate_config_names_a_variable_that_jaeger_client_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JAEGER_SAMPLER_TYPE", "const")

    output = found(
        "translate-config",
        "variables-nobody-reads",
        "-",
        "--from",
        "json",
        "--environment",
        content='{"service_name": "old"}',
    )

    assert "jaeger-client for Python does not read JAEGER_SAMPLER_TYPE" in output


@pytest.mark.parametrize(
    ("trap", "headers", "answer"),
    [
        ("header-names-in-title-case", TRACEPARENT, "Give these names to extract in lower case"),
        ("jaeger-baggage-in-title-case", UBER, "Give these names to extract in lower case"),
        ("defaults-do-not-meet", UBER, "native/w3c, native/b3, native/b3multi, shim/w3c"),
        ("last-propagator-wins", {**TRACEPARENT, "uber-trace-id": "1:2:0:1"}, "name different traces"),
        (
            "b3-loses-a-zero",
            {"x-b3-traceid": TRACE[1:], "x-b3-spanid": SPAN},
            "native/b3multi ignores b3multi",
        ),
        ("debug-id-does-nothing", {"jaeger-debug-id": "me"}, "native/jaeger ignores jaeger"),
        (
            "baggage-alone-is-unsampled",
            {"uberctx-tenant": "blue"},
            "treats baggage without a trace as a caller's",
        ),
        (
            "malformed-header-fails-the-request",
            {"uber-trace-id": "' OR 1=1"},
            "a service that does not catch this fails the request",
        ),
        (
            "encoded-header-is-refused",
            {"uber-trace-id": f"{TRACE}%3A{SPAN}%3A0%3A1"},
            "nothing for native/jaeger",
        ),
        ("strangers-choose-the-volume", TRACEPARENT, "The caller's decision makes the request recorded"),
        (
            "baggage-stays-behind",
            UBER,
            f"shim/jaeger, shim/composite: continues {TRACE} under {SPAN}, sampled The",
        ),
        ("ids-of-another-length", {"uber-trace-id": f"{SPAN}:{SPAN}:0:1"}, f"{SPAN.zfill(32)}"),
    ],
)
def test_headers_shows_it(trap: str, headers: Mapping[str, str], answer: str) -> None:
    content = "".join(f"{name}: {value}\n" for name, value in headers.items())

    assert answer in found("headers", trap, content=content)
