"""Numbers the nodes of trees by their keys: one round of the pairing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeAlias

from ot2otel.compare.facts import Content
from ot2otel.compare.forms import Node, Trace

Key: TypeAlias = Hashable
KeyOf: TypeAlias = Callable[[Content], Key]


class Round:
    """The keys of nodes in one round: equal keys have equal numbers, whole trees below them included."""

    def __init__(self, key_of: KeyOf, *, deep: bool = True) -> None:
        self._key_of = key_of
        self._deep = deep
        self._contents: dict[Content, int] = {}
        self._keys: dict[Key, int] = {}
        self._nodes: dict[Node, int] = {}
        self._numbers: dict[Key, int] = {}

    def number(self, node: Node) -> int:
        """Return the number of a node's key."""
        if not self._deep or not node.children:
            # Below zero: it is no number of a node with children.
            return ~self.content(node.content)
        known = self._nodes.get(node)
        if known is not None:
            return known
        # Children first, and not recursive: a trace may be deeper than Python's stack.
        order = [node]
        for below in order:
            order += [child for child in below.children if child.children]
        for below in reversed(order):
            if below not in self._nodes:
                self._nodes[below] = self._number(below)
        return self._nodes[node]

    def _below(self, child: Node) -> int:
        return self._nodes[child] if child.children else ~self.content(child.content)

    def trace(self, trace: Trace) -> Key:
        """Return the key of a trace: those of its roots."""
        if len(trace.roots) == 1:
            return self.number(trace.roots[0])
        return tuple(sorted(map(self.number, trace.roots)))

    def content(self, content: Content) -> int:
        """Return the number of a span's own key."""
        number = self._contents.get(content)
        if number is None:
            # Spans of both sides share one key, and a number is hashed faster than it.
            number = self._keys.setdefault(self._key_of(content), len(self._keys))
            self._contents[content] = number
        return number

    def learn(self, contents: Iterable[Content], keys: Iterable[Key]) -> None:
        """Take over the keys of contents, which were made all at once."""
        for content, key in zip(contents, keys, strict=True):
            self._contents[content] = self._keys.setdefault(key, len(self._keys))

    def _number(self, node: Node) -> int:
        content = self.content(node.content)
        if len(node.children) == 1:
            key: Key = (content, self._below(node.children[0]))
        else:
            key = (content, *sorted(map(self._below, node.children)))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
        return number
