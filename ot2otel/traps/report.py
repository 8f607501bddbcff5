"""Traps as a table, one of them whole, outcomes as lines, documents, and a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ot2otel.report.prose import wrapped
from ot2otel.traps.catalog import Family
from ot2otel.traps.reproduction import Outcome
from ot2otel.traps.trap import LANES, Trap, is_reported

_NAME, _LANES = 36, 8  # columns
_INDENT = " " * 13
_IN_BOTH = "both"


def table(families: Iterable[Family], width: int) -> str:
    """Return a line for each trap, under the titles of their families; sentences are cut to the width."""
    return "\n\n".join("\n".join([family.title, *_rows(family, width)]) for family in families)


def _rows(family: Family, width: int) -> Iterator[str]:
    for trap in family.traps:
        line = f"  {trap.name:{_NAME}} {lanes(trap):{_LANES}} {trap.symptom}"
        yield line if len(line) <= width else f"{line[: width - 3]}..."


def lanes(trap: Trap) -> str:
    """Return the lanes in which a trap exists as one word."""
    return _IN_BOTH if set(trap.lanes) == set(LANES) else ", ".join(trap.lanes)


def whole(trap: Trap) -> str:
    """Return all about one trap, with its code."""
    return "\n".join(
        [
            trap.name,
            *wrapped(trap.symptom, "  "),
            "",
            *_about("cause", trap.cause),
            *_about("met by", trap.met),
            *_about("way out", trap.way_out),
            *_about("found by", trap.found_by),
            *_about("lanes", f"{lanes(trap)} ({_MEANING})"),
            *_about("needs", ", ".join(trap.packages)),
            *_about("script", str(trap.path)),
            "",
            *(f"    {line}".rstrip() for line in trap.code.splitlines()),
        ]
    )


_MEANING = "pinned: opentelemetry-sdk 1.39.1, newest: 1.45.2"


def _about(title: str, text: str) -> list[str]:
    first, *more = wrapped(text, _INDENT)
    return [f"  {title:<10} {first.strip()}", *(f"{_INDENT}{line.strip()}" for line in more)]


def outcome(found: Outcome) -> str:
    """Return the answer of a reproduction as one line."""
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    answer = f"is there: {found.seen}" if found.is_there else "is not there"
    return f"{found.trap.name} {answer} ({versions})"


def document(families: Iterable[Family]) -> dict[str, Any]:  # Any: JSON
    """Return the JSON document of `ot2otel traps --format json`."""
    return {"traps": [_entry(trap, family.title) for family in families for trap in family.traps]}


def _entry(trap: Trap, title: str) -> dict[str, Any]:  # Any: JSON
    return {
        "name": trap.name,
        "family": title,
        "symptom": trap.symptom,
        "cause": trap.cause,
        "met": [{"thread": str(thread), "url": thread.url} for thread in trap.threads],
        "way_out": trap.way_out,
        "found_by": trap.found_by,
        "lanes": list(trap.lanes),
        "packages": list(trap.packages),
        "code": trap.code,
    }


def outcomes(found: Iterable[Outcome], not_run: Mapping[str, str]) -> dict[str, Any]:  # Any: JSON
    """Return the JSON document of `ot2otel traps --run`; `not_run` has a reason for each name."""
    ran = [
        {
            "name": each.trap.name,
            "is_there": each.is_there,
            "seen": each.seen or None,
            "versions": dict(each.versions),
        }
        for each in found
    ]
    return {"ran": ran, "not_run": [{"name": name, "reason": reason} for name, reason in not_run.items()]}


def markdown(families: Sequence[Family]) -> str:
    """Return a table of all traps, and a section for each."""
    contents = ["| trap | symptom | lanes |", "|---|---|---|"]
    for family in families:
        contents.append(f"| **{family.title}** | | |")
        contents += [
            f"| [{trap.name}](#{trap.name}) | {_cell(trap.symptom)} | {lanes(trap)} |"
            for trap in family.traps
        ]
    sections = [line for family in families for line in _family(family)]
    return "\n".join([*contents, *sections])


def _family(family: Family) -> Iterator[str]:
    yield ""
    yield f"## {family.title}"
    for trap in family.traps:
        yield ""
        yield f"### {trap.name}"
        yield ""
        yield trap.symptom
        yield ""
        yield f"```python\n{trap.code}```"
        yield ""
        yield f"- **Cause**: {trap.cause}"
        yield f"- **Met by**: {_linked(trap)}"
        yield f"- **Way out**: {trap.way_out}"
        yield f"- **Found by**: {trap.found_by}"
        yield f"- **Lanes**: {lanes(trap)}"


def _linked(trap: Trap) -> str:
    text = trap.met if is_reported(trap) else f"{trap.met}."
    for thread in trap.threads:
        text = text.replace(str(thread), f"[{thread}]({thread.url})")
    return text


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
