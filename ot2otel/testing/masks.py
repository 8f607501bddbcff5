"""Values that differ from run to run, or from machine to machine, replaced by ones that stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache

from ot2otel.capture.masking import Masks
from ot2otel.model import Attributes, AttributeValue, KeyValues, Kind, Span
from ot2otel.recording import Recording

# The machine and the process: patterns of keys, and the value that stands for theirs.
_OF_THE_MACHINE: Mapping[str, AttributeValue] = {
    "ip": "192.0.2.1",
    "host.ip": "192.0.2.1",
    "client-uuid": "0",
    "host.*": "<host>",
    "hostname": "<host>",
    "service.instance.id": "<instance>",
    "process.*": "<process>",
    "container.id": "<container>",
    "k8s.pod.*": "<pod>",
    "thread.*": "<thread>",
}
_FREE_PORTS = 32_768  # the first port that Linux gives to a socket that asks for none
_STANDING_FOR_FREE = 40_000
_CLIENT_PORTS = ("client.port", "net.peer.port", "net.sock.peer.port", "network.peer.port", "peer.port")
_LOCAL = re.compile(r"(?P<host>\b127\.0\.0\.1|\blocalhost|\[::1\]):(?P<port>\d{5})\b")
_FRAMES = re.compile(
    r'^(?P<indent> *)File "[^"\n]*", line \d+.*(?:\n(?P=indent) +.*|\n(?P=indent)File .*)*', re.M
)
# A recording's mask tells secrets apart by a hash. In a test a token is often another one in each run.
_MASK = re.compile(r"\bmasked-[0-9a-f]{3}\b")
_TYPES = {str: "<text>", bool: False, int: 0, float: 0.0, bytes: b""}


def masked(spans: Iterable[Span], varying: Sequence[str] = (), *, numbered: bool = True) -> list[Span]:
    """Return the spans with values that stay; their order decides the numbers of free ports.

    Masked are the machine and the process, addresses of objects, the frames of stacks, free ports of this
    machine, secrets, and the attributes whose keys match one of the patterns `varying`. A value keeps its
    type. Ids and times stay: no snapshot has them. Unless `numbered`, all free ports are one.
    """
    ports = _Ports(numbered)
    secrets, normalized = Masks(), Recording(()).normalizer()
    return [_masked(secrets.span(normalized(span)), varying, ports) for span in spans]


def _masked(span: Span, varying: Sequence[str], ports: _Ports) -> Span:
    def value(key: str, raw: AttributeValue) -> AttributeValue:
        if any(fnmatchcase(key, pattern) for pattern in varying):
            return _standing_for(raw)
        instead = _of_the_machine(key)
        if instead is not None:
            return instead if type(instead) is type(raw) else _standing_for(raw)
        if isinstance(raw, int) and not isinstance(raw, bool) and key.rpartition(".")[2] == "port":
            return ports.number(raw, of_client=span.kind is Kind.SERVER and key in _CLIENT_PORTS)
        return _of_texts(raw, lambda text: ports.text(_MASK.sub("masked", _without_frames(text))))

    def attributes(raw: Attributes) -> Attributes:
        return {key: value(key, item) for key, item in raw.items()}

    return replace(
        span,
        name=ports.text(_MASK.sub("masked", span.name)),
        status=replace(span.status, message=ports.text(_MASK.sub("masked", span.status.message))),
        attributes=attributes(span.attributes),
        resource=attributes(span.resource),
        events=tuple(replace(event, attributes=attributes(event.attributes)) for event in span.events),
        links=tuple(replace(link, attributes=attributes(link.attributes)) for link in span.links),
    )


@cache
def _of_the_machine(key: str) -> AttributeValue:
    """Return the value that stands for the machine's or the process's, None if the key is of neither."""
    return next((value for pattern, value in _OF_THE_MACHINE.items() if fnmatchcase(key, pattern)), None)


def _standing_for(value: AttributeValue) -> AttributeValue:
    if isinstance(value, tuple):
        return tuple(map(_standing_for, value))
    if isinstance(value, KeyValues):
        return KeyValues(tuple((key, _standing_for(item)) for key, item in value.items))
    return _TYPES.get(type(value), value)  # type: ignore[return-value]  # each of the types' own


def _of_texts(value: AttributeValue, text: Callable[[str], str]) -> AttributeValue:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple):
        return tuple(_of_texts(item, text) for item in value)
    if isinstance(value, KeyValues):
        return KeyValues(tuple((key, _of_texts(item, text)) for key, item in value.items))
    return value


def _without_frames(text: str) -> str:
    """Replace the frames of a stack by one line: they change with each edit of the program."""
    return _FRAMES.sub(r'\g<indent>File "..."', text) if 'File "' in text else text


class _Ports:
    """Free ports of this machine, numbered as they occur; a client's port is another one each time."""

    def __init__(self, numbered: bool) -> None:
        self._numbered = numbered
        self._numbers: dict[int, int] = {}

    def number(self, port: int, *, of_client: bool = False) -> int:
        """Return the number that stands for a port, itself if it is not a free one."""
        if port < _FREE_PORTS:
            return port
        if of_client or not self._numbered:
            return _STANDING_FOR_FREE
        return self._numbers.setdefault(port, _STANDING_FOR_FREE + 1 + len(self._numbers))

    def text(self, text: str) -> str:
        """Return a text in which local addresses have such numbers."""
        if ":" not in text:
            return text
        return _LOCAL.sub(lambda match: f"{match['host']}:{self.number(int(match['port']))}", text)
