"""The standard ports, compared with those of the libraries that send there."""

from __future__ import annotations

from urllib.parse import urlsplit

from jaeger_client.config import Config
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from ot2otel.receive.ports import JAEGER_AGENT, OTLP_HTTP, STANDARD_PORTS


def test_jaeger_client_sends_to_the_agent_s_port() -> None:
    assert Config({}, service_name="test").local_agent_reporting_port == JAEGER_AGENT.number


def test_opentelemetry_sends_to_the_port_of_otlp_over_http() -> None:
    exporter = OTLPSpanExporter()

    assert urlsplit(exporter._endpoint).port == OTLP_HTTP.number


def test_no_two_receivers_share_a_port() -> None:
    assert len({port.number for port in STANDARD_PORTS}) == len(STANDARD_PORTS)
