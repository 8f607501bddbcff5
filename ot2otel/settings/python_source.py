"""Finds the dictionary of jaeger-client's Config in Python source by its syntax tree; nothing is executed."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from ot2otel.outline import cut
from ot2otel.settings.given import Computed, SettingsError
from ot2otel.settings.python_values import Values, computed
from ot2otel.settings.table import OWN_NAMES


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
    values = Values(tree, where)
    match tree.body:
        case [ast.Expr(value=ast.Dict() as literal)]:
            return Found(values.of(literal))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_config(node, tree)]
    if not calls:
        return _lone(values, where)
    if len(calls) > 1:
        lines = ", ".join(str(call.lineno) for call in calls)
        raise SettingsError(f"{where} calls Config in the lines {lines}: give a file with one of them.")
    arguments = {each.arg: each.value for each in calls[0].keywords}
    config = calls[0].args[0] if calls[0].args else arguments.get("config")
    unpacked = [each for each in calls[0].keywords if each.arg is None]
    if config is None and not unpacked:
        raise SettingsError(f"{where}, line {calls[0].lineno}: this call of Config has no `config`.")
    found = computed(unpacked[0]) if config is None else values.of(config)
    if isinstance(found, Computed):
        raise SettingsError(
            f"{where}, line {found.line}: the configuration is computed ({found.expression}). "
            "Give the file that it is read from, or the dictionary."
        )
    service = calls[0].args[2] if len(calls[0].args) > 2 else arguments.get("service_name")
    return Found(found, None if service is None else values.of(service))


def _parsed(text: str, where: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the user's source
            return ast.parse(text)
    except SyntaxError as error:
        raise SettingsError(f"{where} is not Python: line {error.lineno}: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SettingsError(f"{where} is not Python that can be parsed: {cut(str(error))}.") from None


def _lone(values: Values, where: str) -> Found:
    """Return the only dictionary with a name, or the only one with jaeger-client's own keys."""
    literals = values.dictionaries
    own = [node for node in literals if OWN_NAMES & {getattr(key, "value", None) for key in node.keys}]
    if len(own) > 1:
        lines = ", ".join(str(node.lineno) for node in own)
        raise SettingsError(
            f"{where} has dictionaries with jaeger-client's keys in the lines {lines}: put the one that "
            "applies into a file of its own."
        )
    found = own or literals
    if len(found) != 1:
        raise SettingsError(
            f"{where} has no call of jaeger_client's Config, and no dictionary that is alone."
        )
    return Found(values.of(found[0]))


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
