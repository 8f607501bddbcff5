"""The report on verdicts for a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel import recording_file
from ot2otel.compare.answers import AnswerChanged, Answers
from ot2otel.compare.findings import SPAN, LedgerRow, Part
from ot2otel.compare.judgement import Grade
from ot2otel.compare.trees import Cell, TreePair, TreeRow
from ot2otel.compare.verdict import Verdict, judge
from ot2otel.model import Kind, Span, StatusCode
from ot2otel.recording import Answer, Recording
from ot2otel.report.screen import LOSS, Screen
from ot2otel.report.text import Wanted, report
from tests.golden import RECORDINGS
from tests.support.findings import LEGACY, LOST, MOVED, NATIVE, finding, side, verdict
from tests.support.likely_recordings import likely_pairs

TIMES = "\N{MULTIPLICATION SIGN}"
HELLO = ("hello-shim-otlp", "hello-native-otlp")
LOST_KIND = finding(
    Grade.DEGRADED,
    ("kind", "SERVER"),
    ("kind", "INTERNAL"),
    rules=(LOST,),
    n=2,
    of=3,
    examples=(("a1", "b1"),),
)


def recording(name: str) -> Recording:
    return recording_file.read(RECORDINGS / f"{name}.json")


def judged(*afters: str) -> list[Verdict]:
    """Judge golden recordings of a flow."""
    before = recording(f"{afters[0].partition('-')[0]}-legacy-jaeger")
    return [judge(before, recording(after)) for after in afters]


def shown(
    *verdicts: Verdict, width: int = 80, wanted: Wanted | None = None, encoding: str = "utf-8"
) -> list[str]:
    return [line.plain for line in report(verdicts, Screen(width, encoding), wanted or Wanted())]


def test_hello_at_80_columns() -> None:
    lines = [line.plain for line in report(judged(*HELLO), Screen(80), closing="exit 0 (with --strict 1).")]

    assert (
        lines
        == """\
hello: 3 traces, 8 spans before and after, the same answers (200, 502, 502)

▼  legacy → shim/otlp    degraded    3 of 4 errors and 8 of 8 kinds are lost
✓  legacy → native/otlp  equivalent  nothing is lost, 4 fields are translated

                           legacy         shim                 native
GET /Bryan → 200
  server-1                 SERVER  UNSET  ▼ INTERNAL  ·        ·  ·
  └─ server-1_to_server-2  CLIENT  UNSET  ▼ INTERNAL  ·        ·  ·
     └─ server-2           SERVER  UNSET  ▼ INTERNAL  ·        ·  ·
GET /%20 → 502
  server-1                 SERVER  ERROR  ▼ INTERNAL  ▼ UNSET  ·  ·
  └─ server-1_to_server-2  CLIENT  ERROR  ▼ INTERNAL  ▼ UNSET  ·  ·
     └─ server-2           SERVER  UNSET  ▼ INTERNAL  ·        ·  ·
GET /Bryan → 502
  server-1                 SERVER  ERROR  ▼ INTERNAL  ▼ UNSET  ·  ·
  └─ server-1_to_server-2  CLIENT  ERROR  ▼ INTERNAL  ·        ·  ·

shim/otlp: degraded
  arrived: spans 8/8, parents 5/5, kinds 0/8, errors 1/4, names 8/8,
  attributes 26/26, events 6/6, answers 3/3
▼ 3 of 4 failed  status ERROR → UNSET            lost
    alerts on the rate of spans with the status ERROR go silent
▼ 8 of 8 spans   kind SERVER, CLIENT → INTERNAL  lost
    dashboards that count SERVER spans find none
→ 1 of 4 events  event error → exception         translated
  also 6 added, 8 bookkeeping; nothing is lost by them: --explain

native/otlp: equivalent
  arrived: spans 8/8, parents 5/5, kinds 8/8, errors 4/4, names 8/8,
  attributes 26/26, events 6/6, answers 3/3
→ 8 of 8 spans   http.method → http.request.method                    translated
→ 8 of 8 spans   http.url → url.scheme, ur…ss, server.port, url.full  translated
→ 7 of 7 spans   http.status_code → http.response.status_code         translated
→ 1 of 4 events  event error → exception                              translated
  also 5 added, 8 bookkeeping; nothing is lost by them: --explain

exit 0 (with --strict 1).""".splitlines()
    )


def test_hello_at_120_columns_names_the_rules_on_at_most_45_lines() -> None:
    lines = shown(*judged(*HELLO), width=120)

    assert len(lines) <= 45
    assert (
        "▼ 3 of 4 failed spans  status ERROR → UNSET, left: error=true  lost        shim-error-as-attribute"
        in lines
    )


def test_hello_at_50_columns_has_no_trees_and_puts_what_a_loss_means_below_it() -> None:
    lines = shown(*judged(*HELLO), width=50)

    at = lines.index("▼ 3 of 4 failed  status ERROR → UNSET")
    assert lines[at + 1 : at + 3] == [
        "    alerts on the rate of spans with the status",
        "    ERROR go silent",
    ]
    assert not any("server-1" in line for line in lines)


@pytest.mark.parametrize("width", [120, 99, 80, 59, 50, 30])
@pytest.mark.parametrize("flow", ["hello", "frontend_backend", "orders", "events"])
def test_no_line_of_a_flow_is_too_wide(flow: str, width: int) -> None:
    afters = [f"{flow}-{name}" for name in ("shim-otlp", "shim-jaeger", "native-otlp", "native-jaeger")]

    lines = report(judged(*afters), Screen(width))

    assert max(line.cell_len for line in lines) <= width


@given(
    pair=likely_pairs(),
    width=st.integers(30, 120),
    encoding=st.sampled_from(["utf-8", "latin-1", "ascii"]),
)
def test_any_verdict_fits_on_any_screen_and_moves_no_cursor(
    pair: tuple[Recording, Recording], width: int, encoding: str
) -> None:
    found = judge(*pair)
    usual = report([found], Screen(width, encoding))
    explained = report([found, found], Screen(width, encoding), Wanted(explain=True, trees=True))

    assert all(line.plain.isprintable() for line in (*usual, *explained))
    assert all(line.plain.encode(encoding) for line in (*usual, *explained) if line.plain)
    assert max(line.cell_len for line in usual) <= width
    assert max(line.cell_len for line in explained if "https://" not in line.plain) <= width


def test_many_traces_that_are_equivalent_are_few_lines() -> None:
    def side_of(number: int, key: str) -> Recording:
        span = Span("", "1" * 16, "GET", resource={"service.name": "shop"})
        return Recording(
            tuple(
                replace(span, trace_id=f"{number}{n:031x}", attributes={key: "GET", "user": n})
                for n in range(10_000)
            )
        )

    lines = shown(judge(side_of(1, "http.method"), side_of(2, "http.request.method")))

    assert lines[0] == "10000 traces, 10000 spans before and after"
    assert len(lines) <= 40


# The first lines.


def test_different_amounts_are_told_for_each_side() -> None:
    found = verdict(before=side(LEGACY, traces=2, spans=3))

    assert shown(found)[0] == "hello: legacy: 2 traces, 3 spans; native/otlp: 1 trace, 1 span"


def test_recordings_without_a_name_are_before_and_after() -> None:
    nameless = verdict(before=side(Recording(())), after=side(Recording(())))

    assert shown(nameless)[0] == "1 trace, 1 span before and after"
    assert shown(nameless)[2] == "✓  before → after  identical  nothing differs but ids and times"


def test_without_a_span_the_answers_alone_are_judged() -> None:
    empty = verdict(
        before=side(LEGACY, traces=0, spans=0),
        after=side(NATIVE, traces=0, spans=0),
        answers=Answers(2, 2, 2),
    )

    assert shown(empty)[:3] == [
        "hello: no span on either side, only the answers are judged, the same answers",
        "",
        "✓  legacy → native/otlp  identical  the answers are the same",
    ]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (Answers(0, 0), ""),
        (Answers(3, 0), ", only the before has answers: they are not compared"),
        (Answers(0, 3), ", only the after has answers: they are not compared"),
        (Answers(3, 3, 3), ", the same answers"),
    ],
)
def test_the_first_line_tells_whether_answers_were_compared(answers: Answers, words: str) -> None:
    assert shown(verdict(answers=answers), width=120)[0] == f"hello: 1 trace, 1 span before and after{words}"


def test_many_answers_are_counted() -> None:
    asked = tuple(Answer("GET /", status, "") for status in [200] * 5 + [404] * 2)
    before = side(replace(LEGACY, answers=asked))

    [first, *_] = shown(verdict(before=before, answers=Answers(7, 7, 7)))
    assert first.endswith(f"the same answers (200 {TIMES}5, 404 {TIMES}2)")


def test_the_health_of_each_side_comes_before_the_verdict_once() -> None:
    before = side(LEGACY, "3 spans name a parent that is not in the recording")
    after = side(NATIVE, "1 span has\x07 the ids of another span")

    lines = shown(verdict(before=before, after=after), verdict(before=before))

    assert lines[1:4] == [
        "  legacy: 3 spans name a parent that is not in the recording",
        "  native/otlp: 1 span has\\x07 the ids of another span",
        "",
    ]


def test_traces_that_were_not_compared_one_by_one_are_told() -> None:
    lines = shown(verdict(approximate=True), width=120)

    assert lines[1] == (
        "  some unlike traces were too many to compare one by one: they were paired by size and name"
    )


def test_a_sentence_without_room_is_on_a_line_of_its_own() -> None:
    assert shown(verdict(), width=60)[2:4] == [
        "✓  legacy → native/otlp  identical",
        "   nothing differs but ids and times",
    ]


# What arrived.


def test_every_row_of_the_ledger_is_shown_and_a_loss_is_red() -> None:
    rows = tuple(LedgerRow(name, 0, of) for name, of in (("spans", 0), ("parents", 5), ("kinds", 0)))

    lines = report([verdict(ledger=rows, answers=Answers(2, 2, 2))], Screen(80))

    [line] = [line for line in lines if line.plain.startswith("arrived")]
    assert line.plain == "arrived: spans 0/0, parents 0/5, kinds 0/0, answers 2/2"
    assert [line.plain[part.start : part.end] for part in line.spans if part.style == LOSS] == ["parents 0/5"]


# The findings.


def below(lines: list[str]) -> list[str]:
    """Return the lines below the ledger."""
    return lines[next(n for n, line in enumerate(lines) if "arrived:" in line) + 1 :]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(
            finding(Grade.GONE, ("attributes.a", "1"), n=2, of=9),
            "⊖ 2 of 9 spans  attribute a  gone, no rule",
            id="gone",
        ),
        pytest.param(
            finding(Grade.CHANGED, ("attributes.a", "1"), ("attributes.a", '"1"'), n=2),
            '≠ 2 of 2 spans  attribute a 1 → "1"  changed, no rule',
            id="changed",
        ),
        pytest.param(
            finding(Grade.CHANGED, ("name", '"a"'), ("name", '"b"'), rules=(MOVED,), expected='"c"'),
            '≠ 1 of 1 span  span name "a" → "b"  moved wants "c"',
            id="contradicted",
        ),
        pytest.param(
            LOST_KIND, "▼ 2 of 3 spans  kind SERVER → INTERNAL  alerts go silent  lost", id="degraded"
        ),
        pytest.param(
            finding(Grade.IMPROVED, ("", ""), ("event", '"exception"')),
            "▲ 1 of 1 event  event exception  improved",
            id="improved",
        ),
        pytest.param(
            finding(Grade.TRANSLATED, ("attributes.a", "1"), ("attributes.b", "1"), rules=(MOVED,)),
            "→ 1 of 1 span  a → b  translated  moved",
            id="translated",
        ),
        pytest.param(
            finding(Grade.NEW, ("", ""), (SPAN, '"pay"')), "+ 1 of 1 span  span pay  new", id="a new span"
        ),
        pytest.param(
            finding(Grade.NEW, ("", ""), ("attributes.a", "1"), n=7),
            f"+ new, 1 field: a {TIMES}7",
            id="a new field",
        ),
        pytest.param(
            finding(Grade.NOISE, ("attributes.a", "1"), ("attributes.a", "2"), n=7),
            f"~ noise, 1 field: a 1 → 2 {TIMES}7",
            id="noise",
        ),
        pytest.param(
            finding(Grade.ADDED, ("", ""), ("attributes.a", "1")),
            "  also 1 added; nothing is lost by them: --explain",
            id="added",
        ),
        pytest.param(
            finding(Grade.GONE, ("attributes.\x1b[31m", "1")),
            "⊖ 1 of 1 span  attribute \\x1b[31m  gone, no rule",
            id="an odd key",
        ),
    ],
)
def test_a_finding_is_one_line(found: object, line: str) -> None:
    lines = shown(verdict(found), width=120)  # type: ignore[arg-type]  # pytest's table

    assert below(lines) == [line]


def test_what_a_loss_means_is_never_cut() -> None:
    long = replace(LOST, consequence="a sentence that is " + "much " * 12 + "longer")
    lines = shown(verdict(replace(LOST_KIND, rules=(long,))), width=80)

    assert below(lines) == [
        "▼ 2 of 3 spans  kind SERVER → INTERNAL  lost",
        "    a sentence that is much much much much much much much much much much much",
        "    much longer",
    ]


def test_many_quiet_findings_are_counted() -> None:
    renames = [
        finding(Grade.TRANSLATED, (f"attributes.{n:02}", "1"), (f"attributes.new{n}", "1")) for n in range(20)
    ]

    lines = below(shown(verdict(*renames)))

    assert len(lines) == 9
    assert lines[-1] == "  also 12 more translated; nothing is lost by them: --explain"


def test_many_new_fields_are_counted() -> None:
    new = [finding(Grade.NEW, ("", ""), (f"attributes.{n:02}", "1")) for n in range(20)]

    lines = below(shown(verdict(*new), width=120))

    assert lines[0].startswith(f"+ new, 20 fields: 00 {TIMES}1, 01 {TIMES}1, ")
    assert lines[-1] == "    and 8 more: --explain"


# The answers.


def changed(*pairs: tuple[Answer | None, Answer | None]) -> Verdict:
    answers = Answers(9, 9, 9 - len(pairs), tuple(AnswerChanged(old, new) for old, new in pairs))
    return verdict(LOST_KIND, answers=answers)


OK = Answer("GET /", 200, "Hello, Bryan!")


@pytest.mark.parametrize(
    ("old", "new", "became"),
    [
        pytest.param(OK, replace(OK, status=500, body=""), "200 → 500", id="a status"),
        pytest.param(
            OK,
            replace(OK, body="Hello, \x1b!"),
            'its text from character 1 "ello, Bryan!" → "ello, \\x1b!"',
            id="a text",
        ),
        pytest.param(OK, None, "not sent after", id="not sent after"),
        pytest.param(None, OK, "not sent before", id="not sent before"),
        pytest.param(OK, replace(OK, request="POST /"), "another request, POST /", id="another request"),
    ],
)  # fmt: skip
def test_an_answer_that_differs_is_the_first_finding(
    old: Answer | None, new: Answer | None, became: str
) -> None:
    lines = below(shown(changed((old, new)), width=120))

    assert lines[0] == f"≠ 1 of 9 answers  GET /: {became}"
    assert lines[1].startswith("▼")


def test_answers_that_differ_alike_are_counted() -> None:
    broken = [
        (replace(OK, request=f"GET /{n}"), replace(OK, request=f"GET /{n}", status=500)) for n in range(7)
    ]

    lines = below(shown(changed(*broken, broken[0], broken[0])))

    assert lines[0] == "≠ 3 of 9 answers  GET /0: 200 → 500"
    assert lines[5] == "  and 2 more answers differ: --explain"


# Everything.


def test_an_explained_finding_has_its_rule_its_source_and_examples() -> None:
    found = finding(
        Grade.DEGRADED,
        ("kind", "SERVER"),
        ("kind, attributes.span.kind", 'INTERNAL, "server"'),
        rules=(LOST,),
        spans=("pay", "take"),
        parts=((), (Part("kind", "INTERNAL"), Part("attributes.span.kind", '"server"'))),
        n=2,
        of=3,
        examples=(("a1", "b1"), ("a2", "")),
    )

    assert below(shown(verdict(found), wanted=Wanted(explain=True), width=100)) == [
        "",
        "▼ degraded: 2 of 3 spans: kind SERVER → INTERNAL, left: span.kind=server",
        "    alerts go silent",
        "  shop, 2 of 3, in pay, take: before kind SERVER; after kind INTERNAL; after attributes.span.kind",
        '    "server"',
        "  lost: it is gone",
        "    https://source/of/the/rule",
        "  such as a1 → b1",
        "  such as a2 → (none)",
    ]


def test_every_finding_is_explained_of_which_the_short_report_tells_only_the_number() -> None:
    [found] = judged("hello-shim-otlp")

    lines = "\n".join(shown(found, wanted=Wanted(explain=True), width=120))

    assert all(rule.summary[:40] in lines for each in found.findings for rule in each.rules)
    assert all(rule.source in lines for each in found.findings for rule in each.rules)
    assert all(part.field in lines for each in found.findings for part in (*each.olds, *each.news))


# What is accepted.

ACCEPTED = replace(LOST_KIND, accepted="we look at the tag, like all our dashboards")


def test_what_is_accepted_stands_below_with_its_reason() -> None:
    new = finding(Grade.NEW, ("", ""), ("attributes.a", "1"))

    lines = shown(verdict(ACCEPTED, new), width=120)

    assert lines[2] == "✓  legacy → native/otlp  equivalent, 1 accepted  nothing else is lost, 1 field is new"
    assert lines[-2:] == [
        f"+ new, 1 field: a {TIMES}1",
        "▼ 2 of 3 spans  kind SERVER → INTERNAL  accepted: we look at the tag, like all our dashboards  lost",
    ]


def test_what_is_accepted_is_not_red() -> None:
    lines = report([verdict(ACCEPTED)], Screen(80))

    assert [part.style for line in lines for part in line.spans if part.style == LOSS] == []


def test_much_that_is_accepted_is_counted() -> None:
    found = [finding(Grade.GONE, (f"attributes.a{n}", "1"), accepted="why") for n in range(10)]

    lines = shown(verdict(*found))

    assert lines[2] == "✓  legacy → native/otlp  equivalent, 10 accepted  nothing else is lost"
    assert lines[-1] == "  and 2 more accepted: --explain"


def test_a_reason_is_explained_in_full() -> None:
    text = " ".join(" ".join(shown(verdict(ACCEPTED), wanted=Wanted(explain=True))).split())

    assert f"accepted: {ACCEPTED.accepted}" in text


def test_remarks_stand_before_the_end() -> None:
    lines = report([verdict()], Screen(40), Wanted(remarks=("one remark", "\x1b")), closing="a\nexit 0.")

    assert [line.plain for line in lines][-6:] == ["", "one remark", "\\x1b", "", "a", "exit 0."]


@pytest.mark.parametrize("width", [20, 30, 45, 60, 80, 100, 120])
def test_no_line_about_what_is_accepted_is_too_wide(width: int) -> None:
    lines = shown(verdict(ACCEPTED, finding(Grade.GONE, (SPAN, '"pay"'))), width=width)

    assert max(map(len, lines)) <= width
    assert "1 accepted" in " ".join(" ".join(lines).split())


# Colours.


def test_only_what_is_lost_is_red() -> None:
    failed = Cell("shop", "pay", Kind.SERVER, StatusCode.ERROR)
    pair = TreePair((TreeRow(0, failed, failed), TreeRow(1, failed, None)), 1, (("1", "2"),))

    lines = report([verdict(LOST_KIND, trees=(pair,))], Screen(80))

    red = [line.plain[part.start : part.end] for line in lines for part in line.spans if part.style == LOSS]
    assert red == ["▼", "degraded", "⊖ gone", "▼", "kind SERVER → INTERNAL", "alerts go silent"]
