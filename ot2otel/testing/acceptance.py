"""What fails a test beside the losses, and what does not since it is accepted."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ot2otel.acceptance import AcceptanceError, AcceptFile, FailOn, mark, read, read_if_there, settings
from ot2otel.acceptance.fail_on import NEVER, WORDS
from ot2otel.compare.findings import Finding
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict

_WORDS = tuple(word for word in WORDS if word != NEVER)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Decides which findings fail a test: each loss, each new span, and the grades of `fail_on`.

    A finding that an entry of the accept file accepts never does. `used` collects the numbers, from 1, of the
    entries that accept something.
    """

    fail_on: FailOn
    file: AcceptFile | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def marked(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its accepted findings marked."""
        if self.file is None:
            return verdict
        marked = mark([verdict], self.file.entries)
        unmatched = {each.number for each in marked.unmatched}
        self.used.update(set(range(1, len(self.file.entries) + 1)) - unmatched)
        return marked.verdicts[0]

    def fails(self, verdict: Verdict) -> bool:
        """Tell whether the verdict fails the test."""
        return any(map(self.fails_for, verdict.findings))

    def fails_for(self, finding: Finding) -> bool:
        """Tell whether this finding alone fails the test."""
        return self.fail_on.fails_for(finding)


@dataclass(slots=True)
class Acceptances:
    """The accept files of one session, and which of their entries accepted something."""

    used: dict[Path, set[int]] = field(default_factory=dict)

    def of(
        self, accept: str | Path | None, fail_on: str | Collection[str] | None, directory: Path
    ) -> Acceptance:
        """Return what a test asks for; None is what [tool.ot2otel] says for the test's directory.

        Raise AcceptanceError.
        """
        said = settings(directory)
        if fail_on is None:
            words = [word for word in said.fail_on if word != NEVER]  # an assertion that never fails is none
        else:
            words = [fail_on] if isinstance(fail_on, str) else list(fail_on)
        for word in words:
            if word not in _WORDS:
                raise AcceptanceError(f"{word!r} is no word of fail_on; it takes {', '.join(_WORDS)}.")
        fails = FailOn.of([*words, Grade.DEGRADED.value])
        if accept is not None:
            file = read(Path(accept))
        elif said.accept:
            file = read_if_there(said.accept)
        else:
            return Acceptance(fails, same=said.same)
        return Acceptance(fails, file, said.same, self._used(file.path))

    def take(self, used: Mapping[str, Sequence[int]]) -> None:
        """Add what another process did."""
        for path, numbers in used.items():
            self._used(Path(path)).update(numbers)

    def unused(self) -> Iterator[str]:
        """Yield a sentence about each entry that accepted nothing."""
        for path, used in self.used.items():
            for number, entry in enumerate(read_if_there(path).entries, 1):
                if number not in used:
                    yield f"{os.path.relpath(path)}: entry {number} ({entry}) accepts nothing in these tests"

    def _used(self, path: Path) -> set[int]:
        return self.used.setdefault(path.absolute(), set())
