"""The links to Jaeger's own UI."""

from __future__ import annotations

from ot2otel.compare.verdict import judge
from ot2otel.model import Span
from ot2otel.recording import Recording
from ot2otel.report.links import entry, links

OLD, NEW = "0" * 16 + "46e880a5c2e7803e", "25421ce40e0fcf497979da91d38fb05d"
BEFORE = Recording((Span(OLD, "a" * 16, "root"),), variant="legacy", exporter="jaeger")
AFTER = Recording((Span(NEW, "b" * 16, "root"),), variant="native", exporter="otlp")


def test_each_trace_and_each_pair_has_a_link_with_ids_as_jaeger_writes_them() -> None:
    made = entry("http://127.0.0.1:16686", [BEFORE, AFTER], [judge(BEFORE, AFTER)])

    assert made == {
        "traces": {
            "legacy/jaeger": ["http://127.0.0.1:16686/trace/46e880a5c2e7803e"],
            "native/otlp": ["http://127.0.0.1:16686/trace/25421ce40e0fcf497979da91d38fb05d"],
        },
        "compare": {
            "legacy/jaeger → native/otlp": [
                "http://127.0.0.1:16686/trace/46e880a5c2e7803e...25421ce40e0fcf497979da91d38fb05d"
                "?cohort=46e880a5c2e7803e&cohort=25421ce40e0fcf497979da91d38fb05d"
            ]
        },
    }


def test_a_trace_without_a_partner_has_no_compare_page() -> None:
    twice = Recording((*BEFORE.spans, Span("c" * 32, "c" * 16, "alone")), variant="legacy", exporter="jaeger")

    made = entry("http://127.0.0.1:16686", [], [judge(twice, AFTER)])

    [addresses] = made["compare"].values()
    assert [address.count("c" * 32) for address in addresses] == [0]


def test_the_links_end_with_the_limits_of_the_compare_page() -> None:
    shown = links("http://127.0.0.1:16686", [BEFORE], []).plain.splitlines()

    assert shown == [
        "In Jaeger",
        "  legacy/jaeger http://127.0.0.1:16686/trace/46e880a5c2e7803e",
        "Jaeger's compare page counts spans by service and operation: it shows no changed tag, kind, status, "
        "event, link or duration.",
    ]
