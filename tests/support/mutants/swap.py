"""Replaces the code of one function that is imported already."""

from __future__ import annotations

import ast
import sys
from types import CodeType, FunctionType

from tests.support.mutants.mutations import Mutant


def swap(mutant: Mutant) -> None:
    """Let the function do what its mutant does, also where others hold it."""
    module = sys.modules[mutant.module]
    found: object = module
    for name in mutant.function:
        found = vars(found)[name]
    function = found.__func__ if isinstance(found, staticmethod | classmethod) else found
    if not isinstance(function, FunctionType):
        raise TypeError(f"{mutant.name} is no function but {type(function).__name__}")
    compiled = compile(mutant.source, str(mutant.path), "exec", dont_inherit=True)
    function.__code__ = _inside(compiled, mutant.function, function.__code__.co_firstlineno)
    _replace_defaults(function, mutant)


def _inside(code: CodeType, names: tuple[str, ...], line: int) -> CodeType:
    for name in names:
        inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        # A name may stand twice, as with overloads; no mutation is before the first line of its own function.
        code = next((one for one in inner if one.co_firstlineno == line), inner[-1])
    return code


def _replace_defaults(function: FunctionType, mutant: Mutant) -> None:
    """Set the default values anew; mutmut changes only those that are names and literals."""
    node = next(
        one
        for one in ast.walk(ast.parse(mutant.source))
        if isinstance(one, ast.FunctionDef)
        and one.name == mutant.function[-1]
        and function.__code__.co_firstlineno in (one.lineno, *(each.lineno for each in one.decorator_list))
    )
    defaults = [_value(one, function) for one in node.args.defaults]
    function.__defaults__ = tuple(defaults) or None
    named = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    function.__kwdefaults__ = {arg.arg: _value(one, function) for arg, one in named if one is not None}


def _value(node: ast.expr, function: FunctionType) -> object:
    code = compile(ast.Expression(node), function.__code__.co_filename, "eval")
    # The expression is a default value in a source of this project.
    return eval(code, function.__globals__)
