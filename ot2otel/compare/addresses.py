"""Addresses that another host, port or process gave: where they are the same everywhere, each is one finding.

After a first judgement the unexplained addresses are collected, old -> new. Where the map is one to one, and
no old address is left in the after, the sides are judged again with it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from ot2otel.compare.comparison import Judged, Row
from ot2otel.compare.facts import Content, Place
from ot2otel.compare.findings import Finding
from ot2otel.compare.forms import Forms, Side
from ot2otel.compare.judgement import Grade, Settled
from ot2otel.compare.rules.rule import Effect, Rule

# Resource attributes of which each process, or each copy of a service, has its own.
_OF_A_COPY = frozenset(
    {
        "container.id",
        "k8s.pod.ip",
        "k8s.pod.name",
        "k8s.pod.uid",
        "process.parent_pid",
        "process.pid",
        "service.instance.id",
    }
)
# Resource attributes that name a host.
_OF_A_HOST = frozenset({"host.id", "host.ip", "host.mac", "host.name", "ip"})
# The last word of a key whose value is a port.
_PORT = "port"
# In a text: the host of a URL, a host with a port, an IPv4 address.
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
_ADDRESS = re.compile(
    rf"(?<=://)(?:[^/@\s]*@)?(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?"
    rf"|(?<![\w.:-])(?P<name>(?:\d{{1,3}}\.){{3}}\d{{1,3}}|localhost|[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*)"
    rf":(?P<number>\d{{2,5}})(?![\w.:])"
    rf"|(?<![\w.:-])(?P<ip>(?:\d{{1,3}}\.){{3}}\d{{1,3}})(?![\w.-])"
)


ADDRESS = Rule(
    "address",
    Effect.BOOKKEEPING,
    "the two recordings are of other hosts, ports or processes: one address stands for another everywhere",
    "https://opentelemetry.io/docs/specs/semconv/registry/attributes/server/",
)


class What(Enum):
    """What an address names."""

    HOST = "host"
    PORT = "port"
    COPY = "copy of a service"


class Address(NamedTuple):
    """A host, a port, or the identity of a copy of a service as text; `where` is the key of an identity."""

    what: What
    text: str
    where: str = ""


AddressMap: TypeAlias = Mapping[Address, Address]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text, cut at its addresses: there is one part more than there are addresses."""

    parts: tuple[str, ...]
    addresses: tuple[Address, ...]

    def with_addresses(self, addresses: Iterable[Address]) -> str:
        """Return the text with other addresses."""
        pieces = [self.parts[0]]
        for address, part in zip(addresses, self.parts[1:], strict=True):
            pieces += (address.text, part)
        return "".join(pieces)


def given(pairs: Mapping[str, str]) -> AddressMap:
    """Return the map for what a user says is the same: HOST, HOST:PORT, or the identity of a copy."""
    found: dict[Address, Address] = {}
    for old, new in pairs.items():
        ones, others = _split(old), _split(new)
        found |= {one: other for one, other in zip(ones, others, strict=False) if one.text != other.text}
    return found


def _split(address: str) -> list[Address]:
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal():
        return [Address(What.HOST, host), Address(What.PORT, port)]
    return [Address(What.HOST, address)]


def unexplained(judged: Iterable[Judged], after: Side) -> AddressMap:
    """Return the addresses behind changed facts, old -> new, where they are consistent."""
    found: dict[Address, set[Address]] = defaultdict(set)
    for each in judged:
        for settled in each.settled:
            if settled.grade is Grade.CHANGED and settled.new and (settled.old or settled.expected):
                for row in each.rows:
                    for old, new in _pairs(settled, row):
                        found[old].add(new)
    if not found:
        return {}
    left = {address for content in after.counts for address in _addresses_of(content)}
    return dict(_consistent(found, left))


def _consistent(
    found: Mapping[Address, set[Address]], left: set[Address]
) -> Iterator[tuple[Address, Address]]:
    """Yield the pairs that are one to one. A copy's identity may have several: copies share the traffic."""
    olds: dict[Address, set[Address]] = defaultdict(set)
    for old, news in found.items():
        for new in news:
            olds[new].add(old)
    for old, news in sorted(found.items(), key=lambda entry: str(entry[0])):
        if old in left:
            continue
        new = min(news, key=str)
        one_to_one = len(news) == 1 and len(olds[new]) == 1
        if one_to_one or old.what is What.COPY:
            yield old, new


def _pairs(settled: Settled, row: Row) -> Iterator[tuple[Address, Address]]:
    if row.old is None or row.new is None:
        return
    expected = (
        settled.expected(row.old.values, row.new.values)
        if settled.expected
        else row.old.value(settled.old[0])
    )
    new_place = settled.new[0]
    found = row.new.value(new_place)
    if type(expected) is not type(found):
        return
    one, other = _read(new_place, expected), _read(new_place, found)
    if one is None or other is None or one.parts != other.parts or len(one.addresses) != len(other.addresses):
        return
    for old, new in zip(one.addresses, other.addresses, strict=True):
        if old != new:
            if old.what is not new.what:
                return
            yield old, new


def _addresses_of(content: Content) -> Iterator[Address]:
    for place, value in content.facts():
        text = _read(place, value)
        if text is not None:
            yield from text.addresses


def _read(place: Place, value: Any) -> _Text | None:  # Any: a value of a fact
    """Return the addresses in a value, None if it can't have any."""
    if isinstance(value, bool) or not isinstance(value, (str, int)) or place[0] not in _PLACES:
        return None
    key = str(place[-1])
    if place[0] == "resource" and key in _OF_A_COPY:
        return _Text(("", ""), (Address(What.COPY, str(value), key),))
    if place[0] == "resource" and key in _OF_A_HOST:
        return _Text(("", ""), (Address(What.HOST, str(value)),))
    if key.rpartition(".")[2] == _PORT:
        return _Text(("", ""), (Address(What.PORT, str(value)),))
    if isinstance(value, int):
        return None
    if key.rpartition(".")[2] in _HOST_WORDS and _is_host(value):
        return _Text(("", ""), (Address(What.HOST, value),))
    return _cut(value)


_PLACES = frozenset({"attributes", "resource", "event", "link", "status", "name"})
# The last word of a key whose value is a host.
_HOST_WORDS = frozenset({"address", "host", "hostname", "ipv4", "ipv6", "ip"})


def _is_host(value: str) -> bool:
    return re.fullmatch(_HOST, value) is not None


def _cut(value: str) -> _Text | None:
    parts, addresses, end = [], [], 0
    for match in _ADDRESS.finditer(value):
        for group, what in _GROUPS:
            if match[group] is not None:
                start = match.start(group)
                parts.append(value[end:start])
                addresses.append(Address(what, match[group]))
                end = match.end(group)
    return _Text((*parts, value[end:]), tuple(addresses)) if addresses else None


_GROUPS = (
    ("host", What.HOST),
    ("port", What.PORT),
    ("name", What.HOST),
    ("number", What.PORT),
    ("ip", What.HOST),
)


@dataclass(slots=True)
class Readdressed:
    """The before with the after's addresses.

    `changed` are the places of each new content that had another address, with the before's addresses.
    """

    side: Side
    changed: dict[Content, dict[Place, tuple[Address, ...]]] = field(default_factory=dict)
    counts: Counter[Address] = field(default_factory=Counter)

    def regraded(self, judged: Iterable[Judged], said: AddressMap) -> list[Judged]:
        """Return the judgements, with grade NOISE for facts that are kept but for an address.

        Addresses that the user `said` are the same are no noise.
        """
        return [part for each in judged for part in self._regraded(each, said)]

    def _regraded(self, judged: Judged, said: AddressMap) -> Iterator[Judged]:
        noisy: dict[Settled, list[Row]] = {}
        for one in judged.settled:
            if one.grade is not Grade.KEPT or not one.old:
                continue
            rows = [row for row in judged.rows if self._count(one.old[0], row, said)]
            if rows:
                noisy[one] = rows
        others = [one for one in judged.settled if one not in noisy]
        if others:
            yield Judged(others, judged.rows)
        for one, rows in noisy.items():
            yield Judged((replace(one, grade=Grade.NOISE, rules=(ADDRESS,)),), rows)
            same = [row for row in judged.rows if row not in rows]
            if same:
                yield Judged((one,), same)

    def _count(self, place: Place, row: Row, said: AddressMap) -> bool:
        """Tell whether a kept fact had another address, and count it."""
        olds = self.changed.get(row.old, {}).get(place, ()) if row.old else ()
        found = [old for old in olds if old not in said]
        for old in found:
            self.counts[old] += row.times.count
        return bool(found)

    def findings(self, addresses: AddressMap) -> Iterator[Finding]:
        """Yield a finding for each address that another stands for."""
        for old, times in self.counts.items():
            text = addresses[old].text
            yield Finding(
                Grade.NOISE, "", (), ADDRESS.name, ADDRESS.name, old.text, text, times, times, (ADDRESS,)
            )


def readdressed(forms: Forms, side: Side, addresses: AddressMap) -> Readdressed:
    """Return a side of the before in which every address has its counterpart."""
    found = Readdressed(side)

    def change(content: Content) -> Content:
        changes = {}
        replaced = {}
        for place, value in content.facts():
            written, olds = _replaced(place, value, addresses)
            if olds:
                changes[place], replaced[place] = written, olds
        if not changes:
            return content
        new = forms.contents.with_facts(content, changes)
        found.changed.setdefault(new, {}).update(replaced)
        return new

    found.side = forms.mapped(side, change)
    return found


def _replaced(
    place: Place, value: Any, addresses: AddressMap
) -> tuple[Any, tuple[Address, ...]]:  # Any: values of facts
    """Return the value with the after's addresses, and those of the before that it had."""
    text = _read(place, value)
    olds = tuple(address for address in text.addresses if address in addresses) if text else ()
    if text is None or not olds:
        return value, ()
    written = text.with_addresses(addresses.get(address, address) for address in text.addresses)
    return (int(written) if isinstance(value, int) and written.isdecimal() else written), olds
