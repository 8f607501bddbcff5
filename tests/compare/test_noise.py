from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Known, Outcome, Verdict, Whole, judge, measured_noise
from ot2otel.model import AttributeValue, Scope
from ot2otel.recording import Recording
from tests.support.noisy_service import Edit, only, recorded, with_value, without
from tests.support.trees import branch, forest

SIZES = (12, 40, 400)


def text(change: Callable[[str], str]) -> Callable[[AttributeValue], AttributeValue]:
    return lambda value: change(str(value))


# Hexadecimal digits as letters that are none, and as decimal digits.
LETTERS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")
DIGITS = str.maketrans("abcdef", "012345")

FAULTS: dict[str, Edit] = {
    "a path segment": with_value("http.url", text(lambda url: url.replace("/v1/", "/v2/"))),
    "a path segment of one request": only(
        5, with_value("http.url", text(lambda url: url.replace("/v1/", "/v2/")))
    ),
    "a scheme": with_value("http.url", text(lambda url: url.replace("http:", "https:"))),
    "one field's port": with_value("server.port", lambda port: 8081),
    "all request ids constant": with_value("request.id", lambda value: "0-0-0-0-0"),
    "every request id the same uuid": with_value(
        "request.id", lambda value: "550e8400-e29b-41d4-a716-446655440000"
    ),
    "request ids of letters": with_value("request.id", text(lambda value: value.translate(LETTERS))),
    "request ids of digits": with_value("request.id", text(lambda value: value.translate(DIGITS))),
    "a frozen timestamp": with_value(
        "http.url", text(lambda url: re.sub(r"ts=\d+", "ts=1700000000000", url))
    ),
    "an attribute gone on one span": only(7, without("request.id")),
    "a retyped port": with_value("net.peer.port", text(str)),
}


def lost(verdict: Verdict) -> set[tuple[Grade, str]]:
    return {(one.grade, one.field) for one in verdict.findings if one.grade in (Grade.GONE, Grade.CHANGED)}


@pytest.mark.parametrize("host", ["10.0.0.1", "10.9.9.9"], ids=["the same host", "another host and port"])
@pytest.mark.parametrize("requests", SIZES)
def test_an_unchanged_program_is_equivalent_to_itself(requests: int, host: str) -> None:
    port = 8080 if host == "10.0.0.1" else 9090

    verdict = judge(recorded(requests, 1), recorded(requests, 2, host, port))

    assert (verdict.outcome, lost(verdict)) == (Outcome.EQUIVALENT, set())
    assert {row.name for row in verdict.ledger if row.n != row.of} == set()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("requests", SIZES)
def test_a_planted_fault_is_no_noise(requests: int, fault: str) -> None:
    verdict = judge(recorded(requests, 1), recorded(requests, 2, edit=FAULTS[fault]))

    assert verdict.outcome is Outcome.DIFFERENT
    assert len(lost(verdict)) == 1


@pytest.mark.parametrize("fault", ["a path segment", "a scheme", "all request ids constant"])
def test_a_planted_fault_is_seen_on_another_host(fault: str) -> None:
    verdict = judge(recorded(40, 1), recorded(40, 2, "10.9.9.9", 9090, FAULTS[fault]))

    assert (verdict.outcome, len(lost(verdict))) == (Outcome.DIFFERENT, 1)


def test_a_port_that_stayed_in_one_field_is_a_change() -> None:
    stayed = with_value("server.port", lambda port: 8080)

    verdict = judge(recorded(40, 1), recorded(40, 2, "10.9.9.9", 9090, stayed))

    assert verdict.outcome is Outcome.DIFFERENT


def test_a_second_run_measures_the_noise_of_a_few_requests() -> None:
    before, again, after = (Whole(recorded(4, seed)) for seed in (1, 2, 3))
    noise = measured_noise(before, again)

    alone = judge(before.head, after.head)
    known = judge(before.head, after.head, Known(noise=noise))
    faulty = judge(before.head, recorded(4, 3, edit=FAULTS["a scheme"]), Known(noise=noise))

    assert [one.outcome for one in (alone, known, faulty)] == [
        Outcome.DIFFERENT,
        Outcome.EQUIVALENT,
        Outcome.DIFFERENT,
    ]


def test_an_address_that_the_user_names_is_no_noise() -> None:
    def hosted(host: str, seed: int) -> Recording:
        return recorded(12, seed, host)

    verdict = judge(hosted("10.0.0.1", 1), hosted("10.9.9.9", 2), Known(same={"10.0.0.1": "10.9.9.9"}))

    told = {(one.old, one.new) for one in verdict.findings if one.field == "address"}
    assert ("10.0.0.1", "10.9.9.9") not in told
    assert verdict.outcome is Outcome.EQUIVALENT


def test_a_fact_that_a_rule_moved_to_another_host_is_told_as_moved() -> None:
    before = recorded(12, 1)
    after = Recording(
        tuple(
            replace(
                span,
                scope=Scope("native"),
                attributes={
                    {"http.method": "http.request.method", "db.statement": "db.query.text"}.get(key, key): (
                        value
                    )
                    for key, value in span.attributes.items()
                    if key not in ("http.url", "http.status_code")
                }
                | (
                    {
                        "url.scheme": "http",
                        "url.path": str(span.attributes["http.url"]).split("8080")[-1].split("?")[0],
                        "url.query": str(span.attributes["http.url"]).split("?")[1],
                        "server.address": "10.9.9.9",
                        "http.response.status_code": span.attributes["http.status_code"],
                    }
                    if "http.url" in span.attributes
                    else {}
                ),
            )
            for span in before.spans
        )
    )

    verdict = judge(before, after)

    grades = {one.grade for one in verdict.findings if one.old_field == "attributes.http.url"}
    assert Grade.TRANSLATED in grades
    assert not {Grade.GONE, Grade.CHANGED} & grades


def ids(values: Iterable[str]) -> Recording:
    return Recording(forest(*(branch(f"call {n}", attributes={"id": id}) for n, id in enumerate(values))))


@pytest.mark.parametrize(
    ("before", "after", "grade"),
    [
        pytest.param(range(10), range(50, 60), Grade.NOISE, id="ten"),
        pytest.param(range(9), range(50, 59), Grade.CHANGED, id="nine"),
        pytest.param(
            [n // 2 for n in range(20)], [50 + n // 2 for n in range(20)], Grade.NOISE, id="each twice"
        ),
        pytest.param(
            [n // 3 for n in range(30)],
            [50 + n // 3 for n in range(30)],
            Grade.CHANGED,
            id="each three times",
        ),
        pytest.param(range(10), [*range(1, 6), *range(50, 55)], Grade.NOISE, id="half of them on both sides"),
        pytest.param(
            range(10), [*range(1, 7), *range(50, 54)], Grade.CHANGED, id="most of them on both sides"
        ),
        pytest.param(
            [f"{n % 5}-{n}" for n in range(10)],
            [f"{50 + n % 5}-{50 + n}" for n in range(10)],
            Grade.NOISE,
            id="two tokens, one of them twice",
        ),
        pytest.param(
            [f"a{n}" for n in range(10)], [f"b{n}" for n in range(10)], Grade.NOISE, id="hexadecimal numbers"
        ),
        pytest.param(
            [f"a{n}" for n in range(10)],
            [f"g{n}" for n in range(10)],
            Grade.CHANGED,
            id="words in place of hexadecimal numbers",
        ),
    ],
)
def test_tokens_are_noise_if_they_vary_without_end_on_both_sides(
    before: Iterable[object], after: Iterable[object], grade: Grade
) -> None:
    found = judge(ids(f"id {each}" for each in before), ids(f"id {each}" for each in after))

    assert {one.grade for one in found.findings} == {grade}
