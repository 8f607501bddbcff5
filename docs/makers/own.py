"""The verdicts on kept recordings of programs that nobody here wrote, for docs/own-services.md."""

from __future__ import annotations

from collections.abc import Iterator

from click.testing import CliRunner

from ot2otel import recording_file
from ot2otel.cli.commands import main
from ot2otel.compare.findings import SPAN, Finding
from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Verdict, judge
from tests.golden import DIRECTORY

OWN = DIRECTORY / "own"
PAIRS = (
    *(
        (f"tutorial-{lesson}-legacy", f"tutorial-{lesson}-{after}")
        for lesson in "1234"
        for after in ("shim", "native")
    ),
    # Lessons 1 and 2 have neither a kind nor an error.
    *((f"tutorial-{lesson}-legacy", f"tutorial-{lesson}-shim+repair") for lesson in "34"),
    ("flask-legacy", "flask-native"),
    ("flask-legacy", "flask-stable"),
    ("django-legacy", "django-native"),
    ("django-legacy", "django-stable"),
    ("osprofiler-legacy", "osprofiler-native"),
)


def verdict(before: str, after: str) -> Verdict:
    """Judge two kept recordings."""
    old, new = (recording_file.read(OWN / f"{name}.jsonl") for name in (before, after))
    return judge(old, new)


def lines(before: str, after: str) -> int:
    """Return how many lines `ot2otel diff` prints for two kept recordings, 80 columns wide."""
    files = [str(OWN / f"{name}.jsonl") for name in (before, after)]
    return CliRunner().invoke(main, ["diff", *files], env={"COLUMNS": "80"}).output.count("\n")


def losses(found: Verdict) -> Iterator[str]:
    """Yield what is lost, changed, or a new span, the services together."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for finding in found.findings:
        if _is_loss(finding):
            rules = "".join(f" (`{rule.name}`)" for rule in finding.rules)
            field = finding.field.removeprefix("attributes.") or SPAN
            count = counts.setdefault((finding.grade.value, field, rules), [0, 0])
            count[0] += finding.n
            count[1] += finding.of
    for (grade, field, rules), (n, of) in counts.items():
        yield f"{grade} {n} of {of} `{field}`{rules}"


def _is_loss(finding: Finding) -> bool:
    if finding.grade is Grade.NEW:
        return finding.field == SPAN
    return finding.grade is Grade.DEGRADED or finding.grade in UNEXPLAINED


def table() -> str:
    """Return the table of the verdicts."""
    rows = [
        "| before → after | spans | verdict | findings | lines | lost, changed, or a new span |",
        "|---|---|---|---|---|---|",
    ]
    for before, after in PAIRS:
        found = verdict(before, after)
        spans = found.ledger[0]
        lost = "<br>".join(losses(found)) or "nothing"
        counts = f"{spans.n} of {spans.of}", found.outcome.value, len(found.findings), lines(before, after)
        rows.append(f"| {before} → {after} | {' | '.join(map(str, counts))} | {lost} |")
    return "\n".join(rows)
