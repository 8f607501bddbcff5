"""Finds the dictionary of jaeger-client's Config in Python source by its syntax tree; nothing is executed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ot2otel.outline import cut
from ot2otel.settings.given import Computed, SettingsError

_Names = Mapping[str, list[ast.expr]]


@dataclass(frozen=True, slots=True)
class Found:
    """The dictionary, and the value of Config's argument `service_name`, None without it."""

    config: object
    service: object = None


def find(text: str, where: str) -> Found:
    """Return the dictionary that the source is, or passes to Config; raise SettingsError.

    A value that is no literal is a Computed.
    """
    tree = _parsed(text, where)
    match tree.body:
        case [ast.Expr(value=ast.Dict() as literal)]:
            return Found(_value(literal, {}, where))
    names = _assigned(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_config(node, tree)]
    if not calls:
        return _lone(names, where)
    if len(calls) > 1:
        lines = ", ".join(str(call.lineno) for call in calls)
        raise SettingsError(f"{where} calls Config in the lines {lines}: give a file with one of them.")
    arguments = {each.arg: each.value for each in calls[0].keywords}
    config = calls[0].args[0] if calls[0].args else arguments.get("config")
    if config is None or isinstance(config, ast.Starred):
        raise SettingsError(f"{where}, line {calls[0].lineno}: this call of Config has no `config`.")
    found = _value(config, names, where)
    if isinstance(found, Computed):
        raise SettingsError(
            f"{where}, line {found.line}: the configuration is computed ({found.expression}). "
            "Give the file that it is read from, or the dictionary."
        )
    service = arguments.get("service_name")
    return Found(found, None if service is None else _value(service, names, where))


def _parsed(text: str, where: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the user's source
            return ast.parse(text)
    except SyntaxError as error:
        raise SettingsError(f"{where} is not Python: line {error.lineno}: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SettingsError(f"{where} is not Python that can be parsed: {cut(str(error))}.") from None


def _lone(names: _Names, where: str) -> Found:
    """Return the only dictionary with a name; its keys are checked later."""
    literals = [node for found in names.values() for node in found if isinstance(node, ast.Dict)]
    if len(literals) != 1:
        raise SettingsError(
            f"{where} has no call of jaeger_client's Config, and no dictionary that is alone."
        )
    return Found(_value(literals[0], names, where))


def _is_config(call: ast.Call, tree: ast.Module) -> bool:
    return ast.unparse(call.func) in _callables(tree)


def _callables(tree: ast.Module) -> set[str]:
    """Return the names of jaeger_client's Config in this source; without an import, `Config`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "jaeger_client":
            for each in node.names:
                own = each.asname or each.name
                found |= {own} if each.name == "Config" else {f"{own}.Config"}
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name.partition(".")[0] == "jaeger_client":
                    own = each.asname or each.name
                    found |= {f"{own}.Config", f"{own}.config.Config", "jaeger_client.Config"}
    return found or {"Config"}


def _assigned(tree: ast.Module) -> dict[str, list[ast.expr]]:
    """Return the expressions that each name gets, in any scope."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        for target, value in _targets(node):
            found.setdefault(target, []).append(value)
    return found


def _targets(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((each.id, value) for each in targets if isinstance(each, ast.Name))
            # What is put into a dictionary later makes it a computed one.
            yield from (
                (each.value.id, each)
                for each in targets
                if isinstance(each, ast.Subscript) and isinstance(each.value, ast.Name)
            )
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.AugAssign(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="update" | "setdefault" | "pop")):
            yield name, node
        case ast.arg(arg=name):
            yield name, ast.Name(name, lineno=node.lineno)


def _value(node: ast.expr, names: _Names, where: str, through: tuple[str, ...] = ()) -> object:
    if isinstance(node, ast.Name) and node.id not in through and len(names.get(node.id, ())) == 1:
        found = _value(names[node.id][0], names, where, (*through, node.id))
        is_argument = isinstance(found, Computed) and found.expression == node.id
        return Computed(node.id, node.lineno) if is_argument else found
    if isinstance(node, ast.Dict):
        return _dictionary(node, names, where, through)
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Computed(cut(ast.unparse(node), 60), node.lineno)


def _dictionary(node: ast.Dict, names: _Names, where: str, through: tuple[str, ...]) -> object:
    found: dict[object, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        name = None if key is None else _value(key, names, where, through)
        if name is None or isinstance(name, (Computed, dict, list, set)):
            return Computed(cut(ast.unparse(node), 60), node.lineno)
        if name in found:
            raise SettingsError(f"{where}, line {value.lineno}: the key {name!r} stands there twice.")
        found[name] = _value(value, names, where, through)
    return found
