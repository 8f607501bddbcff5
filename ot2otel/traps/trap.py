"""A trap of the migration: its text, and the script that shows whether it is there."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ot2otel.errors import Ot2OtelError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LANES = ("pinned", "newest")
_UNREPORTED = "not reported that we know of"
# https://packaging.python.org/en/latest/specifications/inline-script-metadata/
_METADATA = re.compile(r"\A# /// script\n(?P<toml>(?:#(?: .*)?\n)+?)# ///\n")
_FIELD = re.compile(r"(?P<name>[A-Z][a-z ]+): (?P<text>.*)")
_THREAD = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)#(?P<number>\d+)")


class TrapTextError(Ot2OtelError):
    """A script of a trap is not of the form that `docs/traps.md` describes."""


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue or a pull request of a public repository in which somebody met the trap."""

    repository: str
    number: int

    @property
    def url(self) -> str:
        """The address; GitHub leads from an issue's to the pull request of the same number."""
        return f"https://github.com/{self.repository}/issues/{self.number}"

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Trap:
    """A trap: what one sees, why, the way out, and a script whose last assertion fails where it exists.

    `met` names the threads that report it, with remarks; `lanes` are those of LANES in which it exists;
    `packages` are the distributions that the script needs.
    """

    name: str
    family: str
    symptom: str
    cause: str
    met: str
    way_out: str
    found_by: str
    lanes: Sequence[str]
    packages: Sequence[str]
    code: str
    path: Path

    @property
    def threads(self) -> Sequence[Thread]:
        """The threads that report the trap; empty if nobody reported it."""
        return [Thread(found["repository"], int(found["number"])) for found in _THREAD.finditer(self.met)]


def parse(path: Path) -> Trap:
    """Return the trap of a script: metadata, a docstring with fields, and code; raise TrapTextError."""
    source = path.read_text(encoding="utf-8")
    metadata = _METADATA.match(source)
    if metadata is None:
        raise TrapTextError(f"{path.name} does not begin with a block `# /// script`.")
    docstring = ast.get_docstring(ast.parse(source)) or ""
    symptom, _, rest = docstring.partition("\n\n")
    fields = _fields(rest)
    try:
        return Trap(
            name=path.stem,
            family=path.parent.name,
            symptom=" ".join(symptom.split()),
            cause=fields["Cause"],
            met=fields["Met"],
            way_out=fields["Way out"],
            found_by=fields["Found by"],
            lanes=fields["Lanes"].split(", "),
            packages=_dependencies(metadata["toml"]),
            code=_after_docstring(source),
            path=path,
        )
    except KeyError as error:
        raise TrapTextError(f"{path.name} lacks the field {error}.") from error


def is_reported(trap: Trap) -> bool:
    """Tell whether a public thread reports the trap."""
    return trap.met != _UNREPORTED


def _fields(text: str) -> Mapping[str, str]:
    """Return the paragraphs `Name: text`; a paragraph goes on in indented lines."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if field := _FIELD.fullmatch(line):
            name = field["name"]
            found[name] = field["text"].strip()
        elif line.strip():
            found[name] = f"{found[name]} {line.strip()}"
    return found


def _dependencies(comments: str) -> Sequence[str]:
    lines = [line.removeprefix("#").removeprefix(" ") for line in comments.splitlines()]
    return [str(name) for name in tomllib.loads("\n".join(lines))["dependencies"]]


def _after_docstring(source: str) -> str:
    first = ast.parse(source).body[0]
    return "\n".join(source.splitlines()[first.end_lineno or 0 :]).strip() + "\n"
