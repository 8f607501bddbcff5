"""The values of expressions in Python source, as far as its syntax tree tells them; nothing is executed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import TypeGuard

from ot2otel.outline import cut
from ot2otel.settings.given import Computed, SettingsError

_Number = int | float
_OPERATIONS: Mapping[type[ast.operator], Callable[[_Number, _Number], _Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
_LARGEST = 1 << 63  # what is larger stays computed, so that no result is much longer than its source
# Methods that change a dictionary, or a dictionary in it.
_CHANGING = ("update", "setdefault", "pop", "popitem", "clear")
_FAILED = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


class Values:
    """The values of a source's expressions.

    A name has a value if it is bound once in the whole source, and what it is bound to never changes.
    Everything else is a Computed.
    """

    def __init__(self, tree: ast.Module, where: str) -> None:
        self._where = where
        self._bound: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            for name, value in _bindings(node):
                self._bound.setdefault(name, []).append(value)
        self._known: dict[str, object] = {}

    @property
    def dictionaries(self) -> list[ast.Dict]:
        """The literal dictionaries that have a name."""
        return [node for found in self._bound.values() for node in found if isinstance(node, ast.Dict)]

    def of(self, node: ast.expr) -> object:
        """Return an expression's value; raise SettingsError for a dictionary with a key twice."""
        try:
            return self._of(node)
        except RecursionError:
            return computed(node)

    def _of(self, node: ast.expr) -> object:
        match node:
            case ast.Name():
                return self._of_name(node)
            case ast.Dict():
                return self._of_dictionary(node)
            case ast.BinOp() if (number := self._of_arithmetic(node)) is not None:
                return number
        try:
            return ast.literal_eval(node)
        except _FAILED:
            return computed(node)

    def _of_name(self, node: ast.Name) -> object:
        bound = self._bound.get(node.id, ())
        if len(bound) != 1:
            return computed(node)
        if node.id not in self._known:
            self._known[node.id] = computed(node)  # for a name that is bound to itself
            self._known[node.id] = self._of(bound[0])
        found = self._known[node.id]
        is_argument = isinstance(found, Computed) and found.expression == node.id
        return computed(node) if is_argument else found

    def _of_dictionary(self, node: ast.Dict) -> object:
        found: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = None if key is None else self._of(key)
            if name is None or isinstance(name, (Computed, dict, list, set)):
                return computed(node)
            if name in found:
                raise SettingsError(
                    f"{self._where}, line {value.lineno}: the key {name!r} stands there twice."
                )
            found[name] = self.of(value)
        return found

    def _of_arithmetic(self, node: ast.BinOp) -> _Number | None:
        """Return the result of an operation on two numbers; None if it is another one, or is too large."""
        operation = _OPERATIONS.get(type(node.op))
        left, right = self._of(node.left), self._of(node.right)
        if operation is None or not _is_number(left) or not _is_number(right):
            return None
        try:
            found = operation(left, right)
        except ArithmeticError:
            return None
        return found if abs(found) < _LARGEST else None


def computed(node: ast.expr | ast.keyword) -> Computed:
    """Return an expression as one that is no literal."""
    try:
        return Computed(cut(ast.unparse(node), 60), node.lineno)
    except RecursionError:
        return Computed("a long expression", node.lineno)


def _is_number(value: object) -> TypeGuard[_Number]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a node binds, with the expression that it gets.

    A name whose value the node changes gets itself, which has no value.
    """
    match node:
        case ast.Assign(targets=targets, value=value):
            for each in targets:
                yield from _assigned(each, value)
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            yield from _assigned(target, value)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _changed(target)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _changed(target)
        case ast.Delete(targets=targets):
            for each in targets:
                yield from _changed(each)
        case ast.Call(func=ast.Attribute(value=target, attr=method)) if method in _CHANGING:
            yield from _changed(target)
        case ast.arg(arg=name):
            yield name, ast.Name(name, lineno=node.lineno)
        case ast.alias(name=name, asname=other):
            own = other or name.partition(".")[0]
            yield own, ast.Name(own, lineno=node.lineno)


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    else:
        yield from _changed(target)


def _changed(target: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target:
        case ast.Name(id=name):
            yield name, ast.Name(name, lineno=target.lineno)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for each in parts:
                yield from _changed(each)
        case ast.Subscript(value=inner) | ast.Attribute(value=inner) | ast.Starred(value=inner):
            yield from _changed(inner)
        case ast.Call(func=ast.expr() as inner):  # c.get("tags").update(...)
            yield from _changed(inner)
