"""Holds the spans of a test against a snapshot, by the rules of `ot2otel diff` or exactly."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from ot2otel.compare.verdict import Known, Outcome, Verdict, judge
from ot2otel.model import Span
from ot2otel.outline import printable
from ot2otel.recording import Recording
from ot2otel.testing import snapshot
from ot2otel.testing.failure import MOST_LINES, failure, missing
from ot2otel.testing.files import Candidate, Files, Mode
from ot2otel.testing.masks import masked
from ot2otel.testing.order import Branch, Entry, Lane, branches, walk
from ot2otel.testing.spans import Judged, SpansError

# Compares two forests and tells the difference, "" for none.
Problem: TypeAlias = Callable[[Sequence[Branch], Sequence[Branch]], str]


class Snapshots:
    """The snapshots in one directory; `how` is the command that writes those of the running test."""

    def __init__(self, files: Files, directory: Path, how: str) -> None:
        self._files = files
        self._directory = directory
        self._how = how

    def equivalent(
        self, judged: Judged, accept: str | Path | None, fail_on: str | Collection[str] | None
    ) -> None:
        """Raise SpansError unless the spans are identical or equivalent to the snapshot."""
        __tracebackhide__ = True
        acceptance = self._files.acceptances.of(accept, fail_on, self._directory)

        def problem(before: Sequence[Branch], now: Sequence[Branch]) -> str:
            verdict = acceptance.marked(_verdict(before, now, acceptance.same))
            if not acceptance.fails(verdict):
                return ""
            return failure(judged.name, verdict, self._last_line(), judged.remarks, acceptance.fails_for)

        self._hold(judged, problem)

    def matches(self, judged: Judged) -> None:
        """Raise SpansError unless the spans are exactly the snapshot's."""
        __tracebackhide__ = True

        def problem(before: Sequence[Branch], now: Sequence[Branch]) -> str:
            old, new = snapshot.encode(before), snapshot.encode(now)
            if old == new:
                return ""
            verdict = _verdict(before, now)
            if verdict.outcome is not Outcome.IDENTICAL:
                return failure(judged.name, verdict, self._last_line(), judged.remarks, lambda _: True)
            lines = [printable(line) for line in difflib.unified_diff(old.split("\n"), new.split("\n"), n=1)]
            shown = [f"{judged.name}: only details of the file differ", *lines[2 : MOST_LINES - 1]]
            return "\n".join([*shown, self._last_line()])

        self._hold(judged, problem)

    def _hold(self, judged: Judged, problem: Problem) -> None:
        __tracebackhide__ = True
        path = self._files.path(self._directory, judged.name)
        now = stable(judged.entries, judged.lane, judged.varying)
        if not now:
            raise SpansError("\n".join([f"{judged.name}: no span ended in this test.", *judged.remarks]))
        text = snapshot.encode(now)
        if not path.exists():
            self._missing(path, text, now)
            return
        before = snapshot.decode(self._files.read(path), str(path))
        told = problem(stable_branches(before, judged.varying), now)
        if not told:
            return
        if self._files.writes(path):
            self._files.write(path, text)
            return
        self._propose(path, text, told)
        raise SpansError(told)

    def _missing(self, path: Path, text: str, now: Sequence[Branch]) -> None:
        __tracebackhide__ = True
        if self._files.writes(path):
            self._files.write(path, text)
            return
        told = missing(os.path.relpath(path), now, self._last_line("Write it"))
        self._propose(path, text, told)
        raise SpansError(told)

    def _propose(self, path: Path, text: str, told: str) -> None:
        if self._files.mode is Mode.REVIEW:
            self._files.candidates.setdefault(path, Candidate(path, text, told))

    def _last_line(self, verb: str = "Accept") -> str:
        return f"{verb}: {self._how}"


def stable(entries: Sequence[Entry], lane: Lane, varying: Sequence[str]) -> tuple[Branch, ...]:
    """Return the spans as trees, with values that stay: what a snapshot has."""
    spans = [entry.span for entry in entries]
    alike = masked(spans, varying, numbered=False)
    originals = {id(one): span for one, span in zip(alike, spans, strict=True)}
    found = branches([replace(entry, span=one) for entry, one in zip(entries, alike, strict=True)], lane)
    return _replaced(found, masked([originals[id(branch.span)] for branch in walk(found)], varying))


def stable_branches(roots: Sequence[Branch], varying: Sequence[str]) -> tuple[Branch, ...]:
    """Return the trees of a snapshot, with the values masked that vary."""
    return _replaced(roots, masked([branch.span for branch in walk(roots)], varying))


def _replaced(roots: Sequence[Branch], spans: Sequence[Span]) -> tuple[Branch, ...]:
    """Return the trees with other spans, which are in the trees' order."""
    left = iter(spans)

    def one(branch: Branch) -> Branch:
        span = next(left)
        return replace(branch, span=span, children=tuple(map(one, branch.children)))

    return tuple(map(one, roots))


def _verdict(
    before: Sequence[Branch], now: Sequence[Branch], same: Mapping[str, str] | None = None
) -> Verdict:
    return judge(Recording(snapshot.timed(before)), Recording(snapshot.timed(now)), Known(same=same or {}))
