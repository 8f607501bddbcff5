from __future__ import annotations

from hypothesis import given

from ot2otel.compare.facts import Content
from ot2otel.compare.forms import Forms
from ot2otel.compare.pairing.agreement import Agreement
from ot2otel.model import Span
from tests.support.forests import forests


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
