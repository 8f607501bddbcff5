"""The settings, the code and the warnings that a configuration becomes."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping

import pytest
from jaeger_client.config import Config
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from ot2otel.settings.given import Given, SettingsError, flat
from ot2otel.settings.table import KEYS, Takes
from ot2otel.settings.translation import Translation, translate
from tests.documents.claims import marks

# What stands in every translation of a configuration with a name and nothing else.
ALWAYS = {
    "OTEL_SERVICE_NAME": "s",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "0.001",
    "OTEL_PROPAGATORS": "tracecontext,baggage,jaeger",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
}
ON = {"OTEL_TRACES_SAMPLER": "parentbased_always_on"}
OFF = {"OTEL_TRACES_SAMPLER": "parentbased_always_off"}
BATCH, QUEUE = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "OTEL_BSP_MAX_QUEUE_SIZE"


def translated(config: Mapping[object, object]) -> Translation:
    return translate(flat({"service_name": "s", **config}, "f"), "f")


def sampler(kind: object, param: object = None) -> dict[object, object]:
    return {"sampler": {"type": kind, "param": param}}


def told(translation: Translation) -> set[str]:
    return {warning.key for warning in translation.warnings}


DEFAULTS = told(translated({}))


@pytest.mark.parametrize(
    ("config", "changes"),
    [
        ({}, {}),
        (sampler("const", 1), ON),
        (sampler("const", "True"), ON),
        (sampler("const", 0), OFF),
        (sampler("const"), OFF),
        (sampler("const", "yes"), OFF),
        (sampler("ratelimiting", 2), ON),
        (sampler("rate_limiting", "2.5"), ON),
        (sampler("probabilistic", 0.25), {"OTEL_TRACES_SAMPLER_ARG": "0.25"}),
        (sampler("probabilistic", "1e-3"), {"OTEL_TRACES_SAMPLER_ARG": "0.001"}),
        (sampler("probabilistic", 1e-9), {"OTEL_TRACES_SAMPLER_ARG": "1e-09"}),
        (sampler("probabilistic", 1), {"OTEL_TRACES_SAMPLER_ARG": "1"}),
        (sampler("probabilistic", 0), {"OTEL_TRACES_SAMPLER_ARG": "0"}),
        (sampler("remote"), {}),
        (sampler(None), {}),
        (sampler(""), {}),
        ({"propagation": "b3"}, {"OTEL_PROPAGATORS": "tracecontext,baggage,b3multi"}),
        ({"propagation": "w3c"}, {}),
        ({"trace_id_header": "X-Id"}, {"OTEL_PROPAGATORS": "tracecontext,baggage"}),
        ({"trace_id_header": "Uber_Trace_Id"}, {}),
        ({"local_agent": {"reporting_host": "::1"}}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1]:4318"}),
        ({"local_agent": {"reporting_port": "5775"}}, {}),
        ({"reporter_queue_size": 5000}, {QUEUE: "5000"}),
        ({"reporter_queue_size": 100}, {QUEUE: "100", BATCH: "100"}),
        ({"reporter_batch_size": 20}, {BATCH: "20"}),
        ({"reporter_queue_size": "300", "reporter_batch_size": 300}, {QUEUE: "300", BATCH: "300"}),
        ({"reporter_flush_interval": 0.25}, {"OTEL_BSP_SCHEDULE_DELAY": "250"}),
        ({"reporter_flush_interval": 0}, {}),
        ({"max_tag_value_length": 9}, {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "9"}),
        ({"max_traceback_length": 9}, {}),
        ({"tags": {"a": "b", "service.name": "x"}}, {"OTEL_RESOURCE_ATTRIBUTES": "a=b"}),
        ({"tags": None}, {}),
        ({"enabled": False, "metrics": True, "throttler": {"port": 1}}, {}),
    ],
)  # fmt: skip
def test_a_configuration_becomes_variables(
    config: Mapping[object, object], changes: Mapping[str, str]
) -> None:
    kept = dict(ALWAYS)
    if changes.get("OTEL_TRACES_SAMPLER"):
        del kept["OTEL_TRACES_SAMPLER_ARG"]

    assert translated(config).environment == {**kept, **changes}


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"sampling_refresh_interval": 60}, "sampling_refresh_interval"),
        ({"max_operations": None}, "max_operations"),
        ({"local_agent": {"sampling_port": 5778}}, "local_agent.sampling_port"),
        ({"local_agent": {"enabled": False}}, "local_agent.enabled"),
        ({"throttler": {}}, "throttler"),
        ({"throttler": {"refresh_interval": 1}}, "throttler.refresh_interval"),
        ({"enabled": False}, "enabled"),
        ({"enabled": "yes"}, "enabled"),
        ({"metrics": True}, "metrics"),
        ({"logging": True}, "logging"),
        ({"max_traceback_length": 9}, "max_traceback_length"),
        ({"trace_id_header": "x"}, "trace_id_header"),
        ({"baggage_header_prefix": "x"}, "baggage_header_prefix"),
        (sampler("const", "on"), "sampler.param"),
        (sampler("ratelimiting", 1), "sampler.type"),
        ({"reporter_batch_size": 10}, "reporter_batch_size"),
    ],
)
def test_a_key_without_an_equal_counterpart_is_told(config: Mapping[object, object], key: str) -> None:
    assert key not in DEFAULTS
    assert key in told(translated(config))


def test_defaults_that_change_are_told_and_kept_ones_are_not() -> None:
    same = translated(
        {
            **sampler("const", 1),
            "reporter_queue_size": 2048,
            "reporter_flush_interval": 5,
            "max_tag_value_length": 1024,
            "generate_128bit_trace_id": True,
        }
    )

    assert {
        "sampler",
        "propagation",
        "debug_id_header",
        "local_agent",
        "reporter_queue_size",
        "reporter_flush_interval",
        "max_tag_value_length",
        "generate_128bit_trace_id",
        "tags",
    } == DEFAULTS
    assert DEFAULTS - told(same) == {"reporter_flush_interval", "generate_128bit_trace_id"}


def test_without_a_name_the_translation_says_so() -> None:
    assert "service_name" in told(translate(Given(), "f"))


def test_every_named_test_exists() -> None:
    everything = flat(
        {
            "tags": {"a": "b" * 2000, "n": 1, "service.name": "x"},
            "logging": True,
            "metrics": True,
            "enabled": False,
            "propagation": "b3",
            "reporter_batch_size": 20,
            "reporter_queue_size": 20,
            "reporter_flush_interval": 1000,
            **sampler("const", "yes"),
        },
        "f",
    )
    known = set(marks.tests())

    sources = [
        warning.source
        for given in (everything, Given(), flat({"propagation": "x", **sampler("ratelimiting", 1)}, "f"))
        for warning in translate(given, "f").warnings
    ]
    named = {part[5:] for source in sources for part in source.split(", ") if part.startswith("test ")}
    assert len(named) > 15
    assert named - known == set()
    assert all(
        source.startswith(("https://", "docs/reference.md", "jaeger-client 4.8.0, ")) for source in sources
    )


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"service_name": 3}, "service_name must be text in one line, not 3."),
        ({"service_name": "a\nb"}, "service_name must be text in one line, not 'a\\nb'."),
        ({"service_name": None}, "service_name must be text in one line, not null."),
        ({"logging": [1]}, "logging must be true or false, not a list."),
        ({"reporter_queue_size": 0}, "reporter_queue_size must be a whole number, 1 or more, not 0."),
        ({"reporter_queue_size": True}, "reporter_queue_size must be a whole number, 1 or more, not True."),
        ({"reporter_batch_size": 1.5}, "reporter_batch_size must be a whole number, 1 or more, not 1.5."),
        ({"reporter_queue_size": 9}, "reporter_queue_size 9 is below reporter_batch_size 10: jaeger-client "
                                     "ends with a ValueError there."),
        ({"reporter_flush_interval": "1s"}, "reporter_flush_interval must be a number of seconds, not '1s'."),
        ({"reporter_flush_interval": -1}, "reporter_flush_interval must be a number of seconds, not -1."),
        ({"max_tag_value_length": -1}, "max_tag_value_length must be a whole number, 0 or more, not -1."),
        ({"local_agent": {"reporting_port": 65536}},
         "local_agent.reporting_port must be a port from 1 to 65535, not 65536."),
        ({"local_agent": {"reporting_host": "http://a"}},
         "local_agent.reporting_host must be the name or the address of a host, not 'http://a'."),
        (sampler("konst"), "jaeger-client has no sampler 'konst': choose const."),
        (sampler("lowerbound"), "jaeger-client has no sampler 'lowerbound': choose const or probabilistic or "
                                "ratelimiting."),
        (sampler(["const"]), "jaeger-client has no sampler a list: choose const or probabilistic or "
                             "ratelimiting."),
        (sampler("probabilistic"), "sampler.param must be a number, not null."),
        (sampler("probabilistic", 1.1), "sampler.param must be a number from 0 to 1, not 1.1."),
        (sampler("probabilistic", float("nan")), "sampler.param must be a number, not nan."),
        (sampler("ratelimiting", -1), "sampler.param must be a number, 0 or more, not -1."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_the_right_type(config: Mapping[object, object], message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        translated(config)

    assert str(refused.value) == f"f: {message}"


@pytest.mark.parametrize("value", [[1], {"a": 1}, 1 << 64, -(1 << 64), "\ud800"])
def test_a_tag_that_no_wire_carries_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match=r"^The tag 'a' "):
        translated({"tags": {"a": value}})


def test_a_computed_key_has_no_variable_and_a_warning() -> None:
    source = "{'sampler': {'type': 'const', 'param': X}, 'tags': T, 'service_name': S, 'propagation': P}"
    from ot2otel.settings.formats import read

    found = translate(read(source.encode(), "f"), "f")

    assert set(found.environment) == {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"}
    texts = {each.key: each.text for each in found.warnings if "computed" in each.text}
    assert texts["sampler.param"] == (
        "It is computed in line 1 (X) and not translated. Its counterpart: OTEL_TRACES_SAMPLER_ARG."
    )
    assert set(texts) == {"sampler.param", "tags", "service_name", "propagation"}


def test_the_code_is_python_and_holds_what_no_variable_says() -> None:
    hostile = '"""\n\\'
    code = translated(
        {"logging": True, "tags": {"n": 1, hostile + "=": hostile}, "trace_id_header": "x'y"}
    ).code

    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    literals = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    assert {"ConsoleSpanExporter", "OwnHeaders", "Resource"} <= names
    assert {"n", 1, hostile + "=", hostile, "x'y"} <= literals
    assert BatchSpanProcessor.__name__ in names
    assert ConsoleSpanExporter.__name__ not in translated({}).code
    assert TracerProvider.__name__ in translated({}).code


def test_jaeger_client_takes_every_key_of_the_table() -> None:
    """A key that the table knows is one that the installed Config reads without an error."""
    values = {Takes.TEXT: "x", Takes.TRUTH: True, Takes.GROUP: {}, Takes.ANY: None}
    config = {row.name: values.get(row.takes, 1) for row in KEYS if "." not in row.name}

    assert Config(json.loads(json.dumps(config)), service_name="s").service_name == "x"
    assert translate(flat(config, "f"), "f").environment["OTEL_SERVICE_NAME"] == "x"  # type: ignore[arg-type]  # text keys
