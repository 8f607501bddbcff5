"""Forms of two populations, paired and judged by the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.populations import Values, legacy_traces, native_traces
from ot2otel import recording_file
from ot2otel.compare.judgement import Grade
from ot2otel.model import Kind, Span
from ot2otel.population import forms
from ot2otel.population.forms import Form, PopulationFinding
from ot2otel.report.telling import told
from tests.golden import RECORDINGS

Edit = Callable[[tuple[Span, ...]], tuple[Span, ...]]
GET = "gateway: get_order"


def _sound(traces: Sequence[tuple[Span, ...]], count: int, edit: Edit = lambda trace: trace) -> Form:
    sound = [edit(trace) for trace in traces if all(span.status.code.name != "ERROR" for span in trace)]
    return Form.of(GET, count, str(count), sound[: forms.EXAMPLES])


def _without(key: str) -> Edit:
    def edit(trace: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            replace(span, attributes={name: value for name, value in span.attributes.items() if name != key})
            for span in trace
        )

    return edit


def _found(before: Sequence[Form], after: Sequence[Form]) -> list[PopulationFinding]:
    noise = forms.noise_of(before)
    return forms.findings(forms.judge_pairs(forms.pair_forms(before, after, noise), noise))


def _grave(found: Sequence[PopulationFinding]) -> list[tuple[Grade, str, int, int]]:
    grave = {Grade.GONE, Grade.CHANGED}
    return [
        (each.finding.grade, each.finding.field, each.n, each.of)
        for each in found
        if each.finding.grade in grave
    ]


NATIVE = list(native_traces(100, Values.UNIQUE))
LATER = list(native_traces(300, Values.UNIQUE, seed=5))[200:]


def test_other_requests_of_the_same_program_differ_in_nothing() -> None:
    assert _grave(_found([_sound(NATIVE, 1000)], [_sound(LATER, 2000)])) == []


def test_a_migrated_program_has_the_findings_of_its_rules() -> None:
    legacy = list(legacy_traces(100, Values.UNIQUE))

    found = _found([_sound(legacy, 1000)], [_sound(LATER, 1000)])

    assert _grave(found) == []
    assert {"attributes.http.url"} <= {
        each.finding.field for each in found if each.finding.grade is Grade.TRANSLATED
    }


def test_spans_of_one_service_that_fail_in_several_forms_are_counted_together() -> None:
    """The requests of `hello` are three forms; in two of them fails server-1, in one with its call."""
    sides = [
        recording_file.read(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp")
    ]
    before, after = (
        [Form.of("server-1", 1, str(number), [trace]) for number, trace in enumerate(_traces(side.spans))]
        for side in sides
    )

    [line] = [
        line
        for line in told(replace(each.finding, n=each.n, of=each.of) for each in _found(before, after))
        if line.subject == "status"
    ]

    assert (line.n, line.of) == (3, 4)


def _traces(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span.trace_id, []).append(span)
    return [tuple(trace) for trace in found.values()]


def test_an_attribute_lost_in_some_traces_is_found_in_their_number() -> None:
    after = [_sound(LATER, 970), _sound(LATER[50:], 30, _without("user.id"))]

    found = _found([_sound(NATIVE, 1000)], after)

    assert _grave(found) == [(Grade.GONE, "attributes.user.id", 60, 60)]
    assert [each.operations for each in found if each.finding.grade is Grade.GONE] == [((GET, 30),)]


def test_a_kind_that_changed_everywhere_is_found_everywhere() -> None:
    def inside(trace: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            replace(span, kind=Kind.INTERNAL) if span.service == "orders" else span for span in trace
        )

    found = _found([_sound(NATIVE, 1000)], [_sound(LATER, 500, inside)])

    assert [(each[0], each[1], each[2]) for each in _grave(found)] == [(Grade.CHANGED, "kind", 500)]


def test_a_form_without_a_counterpart_is_in_a_pair_of_its_own() -> None:
    other = Form(
        "other: job", 5, "5", ((Span("9" * 32, "9" * 16, "job", resource={"service.name": "other"}),),)
    )
    sound = _sound(NATIVE, 1000)

    gone = forms.pair_forms([sound, other], [_sound(LATER, 10)], None)
    new = forms.pair_forms([sound], [_sound(LATER, 10), other], None)

    assert [(pair.before is other, pair.after) for pair in gone if pair.after is None] == [(True, None)]
    assert [(pair.before, pair.after is other) for pair in new if pair.is_new] == [(None, True)]


def test_an_empty_side_pairs_nothing() -> None:
    sound = _sound(NATIVE, 1000)

    assert forms.pair_forms([], [sound], None) == [forms.FormPair(None, sound, is_new=True)]
    assert forms.pair_forms([sound], [], None) == [forms.FormPair(sound, None)]
    assert forms.noise_of([]) is None
