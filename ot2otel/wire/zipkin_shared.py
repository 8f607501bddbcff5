"""Separates the two halves of Zipkin's shared spans: one id for the client's call and the server's work.

Jaeger does it in the same way (`zipkin_span_id_uniquify.go` of its query service): the server's half gets an
id of its own, becomes a child of the client's, and takes over the children that it recorded.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ot2otel.model import Kind, Span

_Id: TypeAlias = tuple[str, str]  # of a trace and of a span in it


@dataclass(frozen=True, slots=True)
class Recorded:
    """A span as it was recorded, and whether it says that it shares its id with another."""

    span: Span
    shared: bool


@dataclass(frozen=True, slots=True)
class _Half:
    """The server's half of a shared span: its new id, its service, and that of the client's half."""

    span_id: str
    service: str
    of_client: str


def apart(recorded: Sequence[Recorded]) -> list[Span]:
    """Return the spans in their order; a server's half has an id of its own if the client's is here as well.

    A span without the mark is shared, too, if it is a SERVER and a CLIENT has its id.
    """
    together: dict[_Id, list[int]] = defaultdict(list)
    for number, each in enumerate(recorded):
        together[each.span.trace_id, each.span.span_id].append(number)
    halves: dict[int, _Half] = {}
    by_id: dict[_Id, list[_Half]] = defaultdict(list)
    for shared_id, numbers in together.items():
        for number, half in _servers(recorded, numbers).items():
            halves[number] = half
            by_id[shared_id].append(half)
    spans = []
    for number, each in enumerate(recorded):
        span = each.span
        if number in halves:
            span = replace(span, span_id=halves[number].span_id, parent_id=span.span_id)
        elif span.parent_id:
            span = replace(span, parent_id=_parent(span, by_id))
        spans.append(span)
    return spans


def _servers(recorded: Sequence[Recorded], numbers: Sequence[int]) -> Mapping[int, _Half]:
    if len(numbers) < 2:
        return {}
    clients = [number for number in numbers if not recorded[number].shared]
    clients = [n for n in clients if recorded[n].span.kind is Kind.CLIENT] or clients
    if not clients:
        return {}
    client = recorded[clients[0]].span
    return {
        number: _Half(_id_of_half(client.span_id, place), recorded[number].span.service, client.service)
        for place, number in enumerate(numbers)
        if recorded[number].shared
        or (recorded[number].span.kind is Kind.SERVER and client.kind is Kind.CLIENT)
    }


def _id_of_half(span_id: str, place: int) -> str:
    return hashlib.sha256(f"{span_id} {place}".encode()).hexdigest()[:16]


def _parent(span: Span, by_id: Mapping[_Id, Sequence[_Half]]) -> str:
    """Return the parent of a span: of the halves with the id that it names the one in its service."""
    halves = by_id.get((span.trace_id, span.parent_id), ())
    for half in halves:
        if half.service == span.service:
            return half.span_id
    if halves and halves[0].of_client != span.service:
        return halves[0].span_id
    return span.parent_id
