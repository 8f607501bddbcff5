"""The words on top of a page: the verdict in a sentence of counts, and what it means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ot2otel.compare.judgement import UNEXPLAINED, Grade
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.report.html.content import Piece
from ot2otel.report.telling import GRAVE, Told, counted, differences, fields, losses

MARKS = {
    Outcome.IDENTICAL: Grade.KEPT,
    Outcome.EQUIVALENT: Grade.KEPT,
    Outcome.DEGRADED: Grade.DEGRADED,
    Outcome.DIFFERENT: Grade.GONE,
}


def headline(verdict: Verdict, found: Sequence[Told]) -> list[Piece]:
    """Return the verdict as a sentence of counts; its losses are pieces of their own.

    What is accepted is no loss; the sentence says that there is some.
    """
    pieces: list[Piece]
    lines = [one for one in found if not one.accepted]
    accepted = len(lines) < len(found)
    match verdict.outcome:
        case Outcome.IDENTICAL if not verdict.before.spans:
            pieces = [("The answers are the same.", False)]
        case Outcome.IDENTICAL:
            pieces = [
                (
                    f"Nothing differs but ids{', times and what is accepted' if accepted else ' and times'}.",
                    False,
                )
            ]
        case Outcome.EQUIVALENT:
            but = " but what is accepted" if accepted else ""
            pieces = [(f"{_arrives(verdict)}, and nothing is lost{but}.", False)]
        case Outcome.DEGRADED if accepted:
            # The ledger counts what is accepted, too.
            count = sum(one.grade in GRAVE for one in lines)
            pieces = [(f"{_arrives(verdict)}. ", False), (fields(count), True)]
            pieces.append((f" {'is' if count == 1 else 'are'} lost beside what is accepted.", False))
        case Outcome.DEGRADED:
            lost = losses(verdict, lines)
            verb = "do not." if verdict.count(Grade.DEGRADED) and _in_ledger(verdict) else "are lost."
            verb = "is lost." if verb == "are lost." and lost[0][0] == 1 and len(lost) == 1 else verb
            verb = "does not." if verb == "do not." and lost[0][0] == 1 and len(lost) == 1 else verb
            pieces = [(f"{_arrives(verdict)}. ", False), *_listed([_all(text) for _, text in lost])]
            pieces.append((f" {verb}", False))
        case Outcome.DIFFERENT:
            pieces = []
            for number, (subject, became) in enumerate(differences(verdict, lines)):
                pieces.append((", " if number else "", False))
                pieces.append((subject, not became.endswith(" new")))
                pieces.append((f" {became}", False))
            pieces.append((".", False))
    return [(grouped(text), is_loss) for text, is_loss in pieces if text]


def _in_ledger(verdict: Verdict) -> bool:
    return any(row.n < row.of for row in verdict.ledger)


def _arrives(verdict: Verdict) -> str:
    spans = verdict.ledger[0]
    if spans.n < spans.of:  # and that is accepted
        return f"{spans.n} of {spans.of} spans {'arrives' if spans.n == 1 else 'arrive'}"
    return "The one span arrives" if spans.of == 1 else f"All {spans.of} spans arrive"


def _all(text: str) -> str:
    """Return `all 8 kinds` for `8 of 8 kinds`."""
    match = re.fullmatch(r"(\d+) of (\d+) (.+)", text)
    if match is None or match[1] != match[2]:
        return text
    return f"all {match[1]} {match[3]}" if match[1] != "1" else f"the one {match[3].removesuffix('s')}"


def _listed(texts: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for number, text in enumerate(texts):
        if number:
            found.append((" and " if number == len(texts) - 1 else ", ", False))
        found.append((text, True))
    return found


def lede(verdict: Verdict, found: Sequence[Told]) -> str:
    """Return what the verdict's word means here."""
    grave = [one for one in found if one.is_grave]
    without = sum(one.grade in UNEXPLAINED and not one.rules for one in grave)
    match verdict.outcome:
        case Outcome.DEGRADED:
            return (
                "A documented rule names each loss, so none is a surprise. It is still a loss: what reads "
                "the old fact finds it no more."
            )
        case Outcome.DIFFERENT if without:
            return (
                f"No rule explains {without} of the {len(grave)} findings below that change something. "
                "Look at these first."
                if len(grave) > 1
                else "No rule explains it."
            )
        case Outcome.EQUIVALENT:
            words = ", ".join(counted([one for one in found if not one.accepted]))
            return f"{words[:1].upper()}{words[1:]}: the same facts, told otherwise." if words else ""
        case _:
            return ""


def grouped(text: str) -> str:
    """Write the large numbers of a text with commas."""
    return re.sub(r"\d{4,}", lambda match: f"{int(match[0]):,}", text)
