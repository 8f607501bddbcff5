"""The spans of a test: as trees, by name, and against a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from ot2otel.model import Event, Link, Span
from ot2otel.outline import outline, printable
from ot2otel.testing.order import Branch, Entry, Lane, branches, walk

# ("checkout", (("reserve", ()), ("pay", ())))
Tree: TypeAlias = tuple[str, tuple["Tree", ...]]

_MOST_NAMES = 10


class SpansError(AssertionError):
    """The spans of a test are not those that it asked for."""


class Source(Protocol):
    """Where spans come from: this process, or a receiver."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The spans that have ended, in the order of their start."""

    @property
    def lane(self) -> Lane:
        """Where the test itself runs, None if it is not known."""

    @property
    def remarks(self) -> Sequence[str]:
        """What the reader of a failure should know, a sentence each."""

    def watch(self, tracer: Any) -> None:  # Any: any tracer or provider
        """Watch this tracer or provider as well."""

    def wait(self, number: int, timeout: float) -> bool:
        """Wait for a number of spans, at most `timeout` seconds; tell whether they came."""


class CapturedSpan:
    """A span of a test; `span["http.request.method"]` is an attribute."""

    def __init__(self, branch: Branch, parent: CapturedSpan | None) -> None:
        self._span = branch.span
        self.parent = parent
        self.children: tuple[CapturedSpan, ...] = tuple(CapturedSpan(each, self) for each in branch.children)

    @property
    def name(self) -> str:
        """The span's name."""
        return self._span.name

    @property
    def kind(self) -> str:
        """The span's kind: "SERVER", "CLIENT", "PRODUCER", "CONSUMER", "INTERNAL" or "UNSPECIFIED"."""
        return self._span.kind.name

    @property
    def status(self) -> str:
        """The code of the span's status: "UNSET", "OK" or "ERROR"."""
        return self._span.status.code.name

    @property
    def status_message(self) -> str:
        """The message of the span's status, "" if it has none."""
        return self._span.status.message

    @property
    def service(self) -> str:
        """The resource's `service.name`, "" if it has none."""
        return self._span.service

    @property
    def attributes(self) -> dict[str, Any]:  # Any: a value of an attribute
        """The attributes; a list is a tuple."""
        return dict(self._span.attributes)

    @property
    def resource(self) -> dict[str, Any]:  # Any: a value of an attribute
        """The attributes of the resource."""
        return dict(self._span.resource)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events."""
        return self._span.events

    @property
    def links(self) -> tuple[Link, ...]:
        """The links."""
        return self._span.links

    @property
    def span(self) -> Span:
        """The span with all that it has: ids, times, scope."""
        return self._span

    def __getitem__(self, key: str) -> Any:  # Any: a value of an attribute
        try:
            return self._span.attributes[key]
        except KeyError:
            known = ", ".join(sorted(self._span.attributes)) or "none"
            raise KeyError(f"the span {self.name!r} has no attribute {key!r}; it has: {known}") from None

    def __contains__(self, key: str) -> bool:
        return key in self._span.attributes

    def get(self, key: str, default: Any = None) -> Any:  # Any: a value of an attribute
        """Return an attribute, or else `default`."""
        return self._span.attributes.get(key, default)

    def tree(self) -> Tree:
        """Return the names of this span and of all below it."""
        return self.name, tuple(child.tree() for child in self.children)

    def __repr__(self) -> str:
        return f"<span {self.name!r} {self.kind} {self.status}>"


class Spans:
    """The spans that ended in a test so far, in an order that is the same in each run.

    Siblings that their parent's thread or task started are in the order of their start. Those of other
    threads and tasks come after them, in the order of their content. `len`, iteration and indexes give each
    span, parents before their children.
    """

    def __init__(self, source: Source, judges: Judges) -> None:
        self._source = source
        self._judges = judges

    def watch(self, tracer: Any) -> None:  # Any: any tracer or provider
        """Capture the spans of a tracer or a provider that is not the global one; raise NotWatchableError."""
        self._source.watch(tracer)

    def wait_for(self, number: int, timeout: float = 5.0) -> Sequence[CapturedSpan]:
        """Return all spans as soon as `number` have ended; raise SpansError after `timeout` seconds."""
        if not self._source.wait(number, timeout):
            entries = self._source.entries
            raise SpansError(
                "\n".join(
                    [
                        f"Waited {timeout:g} s for {number} spans, got {len(entries)}:",
                        outline([entry.span for entry in entries], limit=_MOST_NAMES),
                        *self._source.remarks,
                    ]
                )
            )
        return list(self)

    def tree(self) -> tuple[Tree, ...]:
        """Return the names of all spans as nested tuples: `(("checkout", (("pay", ()),)),)`."""
        return tuple(root.tree() for root in self.roots)

    @property
    def roots(self) -> tuple[CapturedSpan, ...]:
        """The spans without a parent in this test."""
        return tuple(CapturedSpan(branch, None) for branch in self._branches())

    def _branches(self) -> tuple[Branch, ...]:
        return branches(self._source.entries, self._source.lane)

    def __iter__(self) -> Iterator[CapturedSpan]:
        pending = list(reversed(self.roots))
        while pending:
            span = pending.pop()
            yield span
            pending.extend(reversed(span.children))

    def __len__(self) -> int:
        return len(self._source.entries)

    def __getitem__(self, index: int) -> CapturedSpan:
        return list(self)[index]

    def one(self, name: str) -> CapturedSpan:
        """Return the only span with this name; raise SpansError if there is none, or more than one."""
        found = self.find(name)
        if len(found) == 1:
            return found[0]
        names = [span.name for span in self]
        shown = ", ".join(map(repr, names[:_MOST_NAMES])) or "none"
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        problem = f"{len(found)} spans have" if found else "No span has"
        told = [f"{problem} the name {name!r}. The spans of this test: {shown}{more}.", *self._source.remarks]
        raise SpansError(printable(" ".join(told)))

    def find(
        self,
        name: str | None = None,
        attributes: Mapping[str, Any] | None = None,  # Any: values of attributes
        *,
        kind: str | None = None,
        status: str | None = None,
        where: Callable[[CapturedSpan], bool] | None = None,
    ) -> list[CapturedSpan]:
        """Return the spans with this name, all these attributes, this kind and status, this condition."""
        return [
            span
            for span in self
            if (name is None or span.name == name)
            and (kind is None or span.kind == kind)
            and (status is None or span.status == status)
            and all(_fits(span, key, value) for key, value in (attributes or {}).items())
            and (where is None or where(span))
        ]

    def assert_equivalent(
        self,
        name: str,
        *,
        accept: str | Path | None = None,
        fail_on: str | Collection[str] | None = None,
        varying: Sequence[str] = (),
    ) -> None:
        """Fail if something of the snapshot `name` is lost or changed, or a span is new.

        The rules are those of `ot2otel diff`. An expected loss fails as well, unless an entry of `accept`, an
        accept file, names it. `fail_on` are grades that fail beside these, such as "new". Without them, both
        are those of [tool.ot2otel] in the nearest pyproject.toml. `varying` are patterns of keys of
        attributes whose values differ from run to run: only their types are compared.
        """
        __tracebackhide__ = True
        self._judges.equivalent(self._judged(name, varying), accept, fail_on)

    def assert_matches(self, name: str, *, varying: Sequence[str] = ()) -> None:
        """Fail if anything differs from the snapshot `name`, but for what no snapshot has: ids and times."""
        __tracebackhide__ = True
        self._judges.matches(self._judged(name, varying))

    def _judged(self, name: str, varying: Sequence[str]) -> Judged:
        return Judged(name, self._source.entries, self._source.lane, tuple(varying), self._source.remarks)

    def __repr__(self) -> str:
        return (
            f"<{len(self)} spans: {', '.join(repr(branch.span.name) for branch in walk(self._branches()))}>"
        )


def _fits(span: CapturedSpan, key: str, value: object) -> bool:
    if key not in span:
        return False
    found = span[key]
    return bool(found == (tuple(value) if isinstance(value, list) else value))


class Judged:
    """What is held against the snapshot `name`."""

    __slots__ = ("entries", "lane", "name", "remarks", "varying")

    def __init__(
        self,
        name: str,
        entries: Sequence[Entry],
        lane: Lane,
        varying: tuple[str, ...],
        remarks: Sequence[str],
    ) -> None:
        self.name = name
        self.entries = entries
        self.lane = lane
        self.varying = varying
        self.remarks = remarks


class Judges(Protocol):
    """Holds spans against snapshots."""

    def equivalent(
        self, judged: Judged, accept: str | Path | None, fail_on: str | Collection[str] | None
    ) -> None:
        """Raise SpansError unless the spans are identical or equivalent to the snapshot."""

    def matches(self, judged: Judged) -> None:
        """Raise SpansError unless the spans are exactly the snapshot's."""
