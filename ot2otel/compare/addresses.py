"""Addresses that another host, port or process gave: where they are the same everywhere, each is one finding.

The unexplained addresses of a judgement are collected, old -> new. Where the map is one to one, no old
address is left in the after, and the before had none of the new ones, a value that differs in these addresses
alone is no change.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from ot2otel.compare.facts import Place, Shape
from ot2otel.compare.forms import Side
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rows import Judged

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


def unexplained(judged: Iterable[Judged], before: Side, after: Side) -> AddressMap:
    """Return the addresses behind changed facts, old -> new, where they are consistent."""
    found: dict[Address, set[Address]] = defaultdict(set)
    for each in judged:
        for settled in each.settled:
            if settled.grade is Grade.CHANGED:
                # With their types, as 8080 and 8080.0 are equal.
                distinct = {
                    (*map(type, values), *values): values
                    for row in each.rows
                    if (values := settled.values(row.old, row.new)) is not None
                }
                for values in distinct.values():
                    for old, new in _pairs(settled.new[0], values):
                        found[old].add(new)
    if not found:
        return {}
    left = _Search(found).all_in(after)
    had = _Search({new for news in found.values() for new in news}).all_in(before)
    return {old: new for old, new in _one_to_one(found) if old not in left and new not in had}


def _one_to_one(found: Mapping[Address, set[Address]]) -> Iterator[tuple[Address, Address]]:
    """Yield the pairs that are one to one. A copy's identity may have several: copies share the traffic."""
    olds: dict[Address, set[Address]] = defaultdict(set)
    for old, news in found.items():
        for new in news:
            olds[new].add(old)
    for old, news in found.items():
        new = min(news, key=str)
        if old.what is What.COPY or (len(news) == 1 and len(olds[new]) == 1):
            yield old, new


def _pairs(
    place: Place, values: tuple[Any, Any]
) -> Iterator[tuple[Address, Address]]:  # Any: values of facts
    """Yield the addresses that differ between two values of one place."""
    if type(values[0]) is not type(values[1]):
        return
    one, other = (_read(place, value) for value in values)
    if one is None or other is None or len(one.addresses) != len(other.addresses):
        return
    for old, new in zip(one.addresses, other.addresses, strict=True):
        if old != new and old.what is new.what:
            yield old, new


# So many texts are looked for faster one by one than by a pattern of all.
_FEW_TEXTS = 16


class _Search:
    """Looks for some addresses in contents."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        texts = sorted({address.text for address in addresses})
        self._search = re.compile("|".join(map(re.escape, texts))).search
        self._texts = texts
        self._numbers = {int(text) for text in texts if text.isdecimal()}

    def all_in(self, side: Side) -> set[Address]:
        """Return the addresses in facts of a side that may have one of those looked for."""
        texts = (_read(place, value) for place, value in self._candidates(side))
        return {address for text in texts if text for address in text.addresses}

    def _candidates(self, side: Side) -> Iterator[tuple[Place, Any]]:  # Any: values of facts
        """Yield the facts that may have one of the addresses."""
        by_shape: dict[Shape, list[tuple[Any, ...]]] = defaultdict(list)
        for content in side.counts:
            by_shape[content.shape].append(content.values)
        for shape, found in by_shape.items():
            for place, column in zip(shape.places, zip(*found, strict=True), strict=True):
                yield from ((place, value) for value in self._those_with_one(column))
        for resource in {content.resource for content in side.counts}:
            yield from (fact for fact in resource.facts if self._may_have_one(fact[1]))

    def _those_with_one(self, column: Iterable[Any]) -> Iterator[Any]:  # Any: values of facts
        """Yield the distinct values that may have an address; to search all at once is faster: few have."""
        distinct = set(column)
        texts = [value for value in distinct if type(value) is str]
        if texts and not self._is_anywhere_in("\n".join(texts)):
            distinct.difference_update(texts)
        yield from filter(self._may_have_one, distinct)

    def _is_anywhere_in(self, long: str) -> bool:
        if len(self._texts) > _FEW_TEXTS:
            return self._search(long) is not None
        return any(text in long for text in self._texts)

    def _may_have_one(self, value: Any) -> bool:  # Any: a value of a fact
        if type(value) is str:
            return self._search(value) is not None
        return type(value) is int and value in self._numbers


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


def rewritten(
    place: Place, value: Any, addresses: AddressMap
) -> tuple[Any, tuple[Address, ...]]:  # Any: values
    """Return a value of the before with the after's addresses, and its own that were replaced."""
    text = _read(place, value)
    olds = tuple(address for address in text.addresses if address in addresses) if text else ()
    if text is None or not olds:
        return value, ()
    written = text.with_addresses(addresses.get(address, address) for address in text.addresses)
    return (int(written) if isinstance(value, int) and written.isdecimal() else written), olds


def is_other_copy(place: Place, old: Any, new: Any, addresses: AddressMap) -> bool:  # Any: values of facts
    """Tell whether two values name copies of a service, which share its traffic in any way."""
    texts = _read(place, old), _read(place, new)
    if texts[0] is None or texts[1] is None or type(old) is not type(new):
        return False
    address = texts[0].addresses[0]
    return address.what is What.COPY and address in addresses
