"""The mutants of one module, by mutmut's operators."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

import libcst
from libcst.metadata import CodePosition, CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace, group_by_top_level_node

from tests.support.runs import ROOT


class Edit(NamedTuple):
    """New text between two offsets of a source, in characters."""

    start: int
    end: int
    text: str

    def of(self, source: str) -> str:
        """Return the source with the new text."""
        return f"{source[: self.start]}{self.text}{source[self.end :]}"


@dataclass(frozen=True)
class Mutant:
    """A module with one change in the body of one function."""

    path: Path
    # The class, if there is one, and the function.
    function: tuple[str, ...]
    # Counts the mutants of the function from 1, as mutmut does.
    number: int
    edit: Edit
    # A digest of the function as it is; a result holds as long as it stays.
    digest: str
    # The first and last line of the function's body, and those of the statement that is changed.
    body: tuple[int, int]
    lines: tuple[int, int]

    @property
    def module(self) -> str:
        """The full name of the module."""
        return module_of(self.path)

    @property
    def source(self) -> str:
        """The text of the module with the change."""
        return self.edit.of(self.path.read_text(encoding="utf-8"))

    @property
    def name(self) -> str:
        """What the results call it: `ot2otel.compare.noise:Noise.explains 3`."""
        return f"{self.module}:{'.'.join(self.function)} {self.number}"

    def difference(self) -> str:
        """Return the change, as a unified diff without context."""
        old = self.path.read_text(encoding="utf-8").splitlines()
        return "\n".join(list(unified_diff(old, self.source.splitlines(), n=0, lineterm=""))[2:])


def module_of(path: Path) -> str:
    """Return the full name of the module at a path."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield all mutants of the module at the path; mutmut leaves decorated functions alone."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    module, mutations, _, _ = create_mutations(str(path), source)
    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    groups = group_by_top_level_node(mutations)
    for names, function in _functions(module):
        span = positions[function]
        node = next(
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.lineno == span.start.line
        )
        digest = hashlib.sha256(ast.dump(node).encode()).hexdigest()[:12]
        body = (node.body[0].lineno, node.end_lineno or node.lineno)
        for number, mutation in enumerate(groups.get(function, ()), 1):
            at = positions[mutation.original_node]
            edit = _edit(module, source, mutation, at)
            yield Mutant(path, names, number, edit, digest, body, _statement(node, at))


def _functions(module: libcst.Module) -> Iterator[tuple[tuple[str, ...], libcst.FunctionDef]]:
    for statement in module.body:
        if isinstance(statement, libcst.FunctionDef):
            yield (statement.name.value,), statement
        elif isinstance(statement, libcst.ClassDef):
            for method in statement.body.body:
                if isinstance(method, libcst.FunctionDef):
                    yield (statement.name.value, method.name.value), method


def _edit(module: libcst.Module, source: str, mutation: Mutation, at: CodeRange) -> Edit:
    """Return the mutation as text in its place, or the whole module anew where that is no Python."""
    if not isinstance(mutation.original_node, libcst.BaseCompoundStatement):
        text = module.code_for_node(mutation.mutated_node)
        edit = Edit(_offset(source, at.start), _offset(source, at.end), text)
        try:
            ast.parse(edit.of(source))
        except SyntaxError:
            pass
        else:
            return edit
    replaced = deep_replace(module, mutation.original_node, mutation.mutated_node)
    assert isinstance(replaced, libcst.Module)
    return Edit(0, len(source), replaced.code)


def _offset(source: str, at: CodePosition) -> int:
    column: int = at.column
    return sum(len(line) for line in source.splitlines(keepends=True)[: at.line - 1]) + column


def _statement(function: ast.FunctionDef, at: CodeRange) -> tuple[int, int]:
    """Return the lines of the innermost statement around a position, of the body for a default value."""
    found = (function.body[0].lineno, function.end_lineno or function.lineno)
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and node is not function:
            lines = (node.lineno, node.end_lineno or node.lineno)
            if (
                lines[0] <= at.start.line
                and at.end.line <= lines[1]
                and lines[1] - lines[0] <= found[1] - found[0]
            ):
                found = lines
    return found
