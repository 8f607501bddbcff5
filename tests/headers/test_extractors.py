"""Extractions, compared with the libraries' own and with services that use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaeger_client.constants import BAGGAGE_HEADER_KEY, DEBUG_ID_HEADER_KEY, TRACE_ID_HEADER
from jaeger_client.reporter import InMemoryReporter
from jaeger_client.sampler import ConstSampler
from jaeger_client.tracer import Tracer
from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.shim.opentracing_shim import create_tracer

import legacy_opentracing.hello
import legacy_opentracing.tracing
import otel_native.hello
import otel_native.tracing
from ot2otel.headers.extraction import Extraction
from ot2otel.headers.extractors import _jaeger_client_tracer, _propagator, extract
from ot2otel.headers.formats import FORMATS
from ot2otel.headers.settings import SETTINGS, Setting
from tests.support.header_cases import CASES, Case, S, T

BY_LABEL = {setting.label: setting for setting in SETTINGS}
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def expected(case: Case, setting: Setting) -> Extraction:
    if setting.variant == "shim":
        return replace(case.extraction(f"native/{setting.short}"), baggage={})
    return case.extraction(setting.label)


@cases
def test_headers_are_extracted_as_the_libraries_do(case: Case) -> None:
    extractions = {label: extract(setting, case.headers) for label, setting in BY_LABEL.items()}

    assert extractions == {label: expected(case, setting) for label, setting in BY_LABEL.items()}


@cases
def test_a_service_does_what_was_extracted(case: Case) -> None:
    served = {label: SERVED[setting.variant](setting, case.headers) for label, setting in BY_LABEL.items()}

    assert served == {label: recorded(extract(setting, case.headers)) for label, setting in BY_LABEL.items()}


def recorded(extraction: Extraction) -> list[str]:
    """Return the parents of the spans that a service records after an extraction, "" for a root."""
    return [f"{extraction.trace_id}:{extraction.parent_id}".strip(":")] * extraction.sampled


@given(
    st.dictionaries(
        st.sampled_from([name.replace("*", "traceid") for format in FORMATS for name in format.headers]),
        st.text(max_size=60)
        | st.from_regex(r"[0-9a-f]{1,40}(:[0-9a-f]{1,20}){3}", fullmatch=True)
        | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True),
    )
)
def test_no_header_makes_extraction_fail(headers: dict[str, str]) -> None:
    for setting in SETTINGS:
        assert extract(setting, headers).trace_id != "0" * 32


def test_opentelemetry_finds_no_name_in_title_case() -> None:
    headers = {"Traceparent": f"00-{T}-{S}-01", "Uber-Trace-Id": f"{T}:{S}:0:1"}

    assert extract(BY_LABEL["native/composite"], headers) == Extraction(sampled=True)
    assert extract(BY_LABEL["shim/composite"], headers) == Extraction(sampled=True)
    assert extract(BY_LABEL["legacy/jaeger"], headers) == Extraction(T, S, sampled=True)


def test_extraction_leaves_the_global_propagator_as_it_was() -> None:
    previous = get_global_textmap()

    extract(BY_LABEL["shim/b3"], {})

    assert get_global_textmap() is previous


def test_the_formats_know_every_header_that_the_libraries_write_or_read() -> None:
    known = {format.name: format.headers for format in FORMATS}
    fields = {
        name: _propagator(name).fields for name in ("tracecontext", "baggage", "jaeger", "b3", "b3multi")
    }

    assert set(known["tracecontext"]) == fields["tracecontext"]
    assert set(known["baggage"]) == fields["baggage"]
    assert set(known["b3"]) == fields["b3"]
    assert fields["jaeger"] | {TRACE_ID_HEADER, DEBUG_ID_HEADER_KEY, BAGGAGE_HEADER_KEY} < set(
        known["jaeger"]
    )
    assert all(name.startswith("x-b3-") for name in fields["b3multi"])


# Each function returns the parents of the spans that server-2 of a variant records on a request.


def served_by_legacy(setting: Setting, headers: Mapping[str, str]) -> list[str]:
    reporter = InMemoryReporter()
    tracer = Tracer("server-2", reporter, ConstSampler(True), tags={"ip": "127.0.0.1"})
    tracer.codecs = _jaeger_client_tracer(setting.propagation).codecs
    _post(legacy_opentracing.hello, legacy_opentracing.tracing.Tracing(tracer, lambda: None), headers)
    return [
        f"{span.trace_id:032x}:{span.parent_id:016x}" if span.parent_id else ""
        for span in reporter.get_spans()
    ]


def served_by_native(setting: Setting, headers: Mapping[str, str]) -> list[str]:
    exporter, provider = _provider()
    tracer, propagator = provider.get_tracer("test"), _propagator(setting.propagation)
    _post(otel_native.hello, otel_native.tracing.Tracing(tracer, propagator, lambda: None), headers)
    return _exported(exporter)


def served_by_shim(setting: Setting, headers: Mapping[str, str]) -> list[str]:
    exporter, provider = _provider()
    tracing = legacy_opentracing.tracing.Tracing(create_tracer(provider), lambda: None)
    previous = get_global_textmap()
    set_global_textmap(_propagator(setting.propagation))
    try:
        _post(legacy_opentracing.hello, tracing, headers)
    finally:
        set_global_textmap(previous)
    return _exported(exporter)


SERVED = {"legacy": served_by_legacy, "native": served_by_native, "shim": served_by_shim}


def _post(flow: ModuleType, tracing: object, headers: Mapping[str, str]) -> None:
    answer = flow.server_2(tracing, work=0).test_client().post("/", data="Bryan", headers=dict(headers))
    assert answer.text == "Hello Bryan!"


def _provider() -> tuple[InMemorySpanExporter, TracerProvider]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter, provider


def _exported(exporter: InMemorySpanExporter) -> list[str]:
    return [
        f"{span.context.trace_id:032x}:{span.parent.span_id:016x}" if span.parent else ""
        for span in exporter.get_finished_spans()
    ]
