"""A judgement: the grades of all facts of two spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ot2otel.compare.facts import Content, Place
from ot2otel.compare.judgement.grades import UNEXPLAINED, Grade
from ot2otel.compare.judgement.reads import Guard, Read, Values
from ot2otel.compare.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Settled:
    """The grade of some facts; `old` and `new` are their places in the two spans.

    `rules` are those that explain them, or that the after contradicts. `expected` computes the value that the
    after should have had at `new`; None if the old value itself is what `new` should have.
    """

    grade: Grade
    old: tuple[Place, ...] = ()
    new: tuple[Place, ...] = ()
    rules: tuple[Rule, ...] = ()
    expected: Read | None = None

    def values(
        self, old: Content | None, new: Content | None
    ) -> tuple[Any, Any] | None:  # Any: values of facts
        """Return the value that the after should have in these spans, and the one that it has.

        None if one of the spans, or of the values, is not there.
        """
        if old is None or new is None or not self.new or not (self.old or self.expected):
            return None
        expected = self.expected(old.values, new.values) if self.expected else old.value(self.old[0])
        return expected, new.value(self.new[0])


@dataclass(frozen=True, slots=True)
class Judgement:
    """The grades of all facts of two spans; the guards tell for which other spans it holds as well."""

    settled: tuple[Settled, ...]
    guards: tuple[Guard, ...] = ()

    @property
    def unexplained(self) -> int:
        """How many times something is gone, changed or new."""
        return sum(one.grade in (*UNEXPLAINED, Grade.NEW) for one in self.settled)

    def holds(self, old: Values, new: Values) -> bool:
        """Tell whether another pair of the same forms gets the same grades."""
        for guard in self.guards:  # noqa: SIM110  # `all` of a generator takes twice the time
            if not guard(old, new):
                return False
        return True
