from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from string import ascii_lowercase
from typing import NamedTuple

import pytest
from hypothesis import given

from ot2otel.compare.facts import Content
from ot2otel.compare.forms import Forms
from ot2otel.compare.pairing.agreement import Agreement
from ot2otel.model import Attributes, AttributeValue, Event, Link, Span
from tests.support.forests import forests
from tests.support.trees import Branch, branch, forest


@given(forests(least=1), forests(least=1))
def test_the_keys_of_many_spans_are_those_of_each(before: tuple[Span, ...], after: tuple[Span, ...]) -> None:
    forms = Forms()
    old, new = forms.side(before), forms.side(after)
    common = {content.service for content in old.counts} & {content.service for content in new.counts}

    agreement = Agreement(old.traces, new.traces, common)
    found: dict[Content, object] = {}
    for contents, keys in agreement.all_values:
        found |= zip(contents, keys, strict=True)

    assert found == {content: agreement.values(content) for content in {**old.counts, **new.counts}}


LINK = (Link("9" * 32, "9" * 16),)


class Sides(NamedTuple):
    """Two sides of spans, and what their values agree on."""

    olds: list[Content]
    news: list[Content]
    agreement: Agreement

    def told_apart(self, key_of: Callable[[Content], object]) -> str:
        """Return a letter for each span, the same one for spans of one key: `abc ab`."""
        letters: dict[object, str] = {}
        return " ".join(
            "".join(letters.setdefault(key_of(content), ascii_lowercase[len(letters)]) for content in side)
            for side in (self.olds, self.news)
        )


def sides(before: Iterable[Branch], after: Iterable[Branch]) -> Sides:
    """Read traces of one span, each in the order given."""
    forms = Forms()
    read = [forms.side(forest(*roots)) for roots in (before, after)]
    services = [{content.service for content in side.counts} for side in read]
    olds, news = ([trace.roots[0].content for trace in side.traces] for side in read)
    return Sides(olds, news, Agreement(read[0].traces, read[1].traces, services[0] & services[1]))


def calls(*attributes: Attributes, service: str = "shop") -> list[Branch]:
    return [branch("call", attributes=each, service=service) for each in attributes]


def valued(*values: AttributeValue) -> list[Branch]:
    return calls(*({"k": value} for value in values))


def with_events(*texts: str) -> list[Branch]:
    return [branch("call", events=(Event("e", 1, {"text": text}), Event("f", 1))) for text in texts]


def with_links(*texts: str) -> list[Branch]:
    return [branch("call", links=(replace(LINK[0], attributes={"text": text}),)) for text in texts]


def below(*values: str) -> list[Branch]:
    """Make a trace for each value: a span that has it, below a root of its own name."""
    return [branch(f"root {n}", branch("call", attributes={"k": value})) for n, value in enumerate(values)]


def test_a_value_counts_as_often_as_spans_have_it() -> None:
    forms = Forms()
    olds, news = (forms.side(forest(*below(*values))).traces for values in ("11123", "11145"))

    agreement = Agreement(olds, news, {"service"})

    one, *_, other = (trace.roots[0].children[0].content for trace in olds)
    assert agreement.values(one) != agreement.values(other)


@pytest.mark.parametrize(
    ("before", "after", "values", "masked"),
    [
        pytest.param(valued("1", "2"), valued("2", "1"), "ab ba", "ab ba", id="the same values"),
        pytest.param(valued("1", "2"), valued("3", "4"), "aa aa", "aa aa", id="other values"),
        pytest.param(valued("1", "2"), valued("1", "3"), "ab ac", "ab ac", id="half of the values"),
        pytest.param(valued("1", "2", "3"), valued("1", "4", "5"), "aaa aaa", "abb abb", id="less than half"),
        pytest.param(
            valued("1", "1", "1", "2"), valued("1", "3", "4", "5"), "aaaa aaaa", "aaab abbb", id="a few often"
        ),
        pytest.param(
            valued("1", "1", "1", "2"), valued("1", "1", "4", "5"), "aaab aacd", "aaab aacd", id="two of four"
        ),
        pytest.param(
            valued("1"), valued("1", "2", "3", "4"), "a abcd", "a abcd", id="of a side with fewer spans"
        ),
        pytest.param(
            valued("x-1", "y-2"), valued("x-3", "y-4"), "aa aa", "ab ab", id="a token that both sides have"
        ),
        pytest.param(valued(1, 2), valued(3, 4), "aa aa", "aa aa", id="numbers have no tokens"),
        pytest.param(
            calls(*[{"k": "1"}] * 4, {}),
            calls(*[{"k": "1"}] * 5),
            "aaaab aaaaa",
            "aaaab aaaaa",
            id="a field that four of five have",
        ),
        pytest.param(
            calls(*[{"k": "1"}] * 3, {}),
            calls(*[{"k": "1"}] * 4),
            "aaaa aaaa",
            "aaab aaaa",
            id="a field that three of four have",
        ),
        pytest.param(
            calls({"k": "1"}, {}),
            calls({"k": "1"}, {}),
            "ab ab",
            "ab ab",
            id="a field that half of them have",
        ),
        pytest.param(
            calls({"k": "1", "n": "a"}, {"k": "1", "n": "a"}, {"k": "1", "n": "b"}, {"k": "2", "n": "c"}),
            calls({"k": "1", "n": "w"}, {"k": "1", "n": "x"}, {"k": "1", "n": "y"}, {"k": "2", "n": "z"}),
            "aaab aaab",
            "aaab aaab",
            id="equal spans",
        ),
        pytest.param(
            calls(*({"http.url": f"http://a/x?q={n}"} for n in range(4)), {"http.url": "http://a/x"}),
            calls(*({"url.path": "/x", "url.query": f"q={n}"} for n in range(4)), {"url.path": "/x"}),
            "abcde abcde",
            "abcde abcde",
            id="a URL without a query",
        ),
        pytest.param(
            calls({"k": "1"}, {"k": "2"}, service="one"),
            calls({"k": "1"}, {"k": "2"}, service="two"),
            "ab ab",
            "ab ab",
            id="services of other names",
        ),
        pytest.param(
            [*calls({"k": "1"}), *calls({"k": "1"}, service="db")],
            [*calls({"k": "1"}), *calls({"k": "1"}, service="db")],
            "ab ab",
            "ab ab",
            id="the same values in two services",
        ),
        pytest.param(
            with_events("at 1", "at 2"), with_events("at 1", "at 2"), "ab ab", "ab ab", id="texts of events"
        ),
        pytest.param(
            with_events("at 1", "at 2"), with_events("at 3", "at 4"), "aa aa", "aa aa", id="texts with a time"
        ),
        pytest.param(
            with_links("1", "2", "3"), with_links("1", "4", "5"), "abb abb", "abb abb", id="texts of links"
        ),
        pytest.param(
            calls({"http.url": "http://a/x?q=1"}, {"http.url": "http://a/y?q=1"}),
            calls({"url.full": "http://b/x?q=1"}, {"url.full": "http://b/y?q=1"}),
            "ab ab",
            "ab ab",
            id="the paths of URLs",
        ),
        pytest.param(
            calls({"http.url": "http://a/x?q=1"}, {"http.url": "http://a/x?q=2"}, {"http.url": "http://a/x"}),
            calls({"url.full": "http://b/x?q=1"}, {"url.full": "http://b/x?q=2"}, {"url.full": "http://b/x"}),
            "abc abc",
            "abc abc",
            id="the queries of URLs",
        ),
        pytest.param(
            calls({"http.url": "http://a/x?q=1"}, {"http.url": "http://a/x?q=2"}),
            calls({"url.path": "/x", "url.query": "q=1"}, {"url.path": "/x", "url.query": "q=2"}),
            "ab ab",
            "ab ab",
            id="a URL and its parts",
        ),
    ],
)
def test_spans_are_told_apart_by_the_values_on_which_both_sides_agree(
    before: list[Branch], after: list[Branch], values: str, masked: str
) -> None:
    found = sides(before, after)

    assert found.told_apart(found.agreement.values) == values
    assert found.told_apart(found.agreement.masked) == masked


@pytest.mark.parametrize(
    ("before", "after", "hints"),
    [
        pytest.param(
            calls(*[{"k": "1"}] * 3, {"k": "2"}, {}),
            calls(*[{"k": "1"}] * 3, {}, {}),
            "aaabc aaacc",
            id="a field that one side has more often",
        ),
        pytest.param(valued("1", "2"), valued("1", "2"), "", id="a field that agrees"),
        pytest.param(valued("1", "2"), valued("3", "4"), "", id="a field of other values"),
        pytest.param(
            [*with_events("x"), branch("call")], with_events("x", "x"), "", id="events are no hints"
        ),
        pytest.param(
            [branch("call", links=LINK), branch("call")], [branch("call", links=LINK)] * 2, "", id="links"
        ),
    ],
)
def test_a_field_that_one_side_has_more_often_is_a_hint(
    before: list[Branch], after: list[Branch], hints: str
) -> None:
    found = sides(before, after)

    assert found.agreement.has_hints is bool(hints)
    assert not hints or found.told_apart(found.agreement.hints) == hints
