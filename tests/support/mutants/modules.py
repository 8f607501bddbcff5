"""The modules of the project in this process: forgets them, imports one as a mutant, empties their caches."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Protocol

from tests.support.mutants.mutations import Mutant
from tests.support.runs import ROOT

# What tests import of the project itself.
_OWN = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))


def forget() -> None:
    """Forget all modules of the project; what others have imported stays imported."""
    for name in list(sys.modules):
        if name.partition(".")[0] in _OWN:
            del sys.modules[name]


class Cached(Protocol):
    """A function under functools.cache."""

    def cache_clear(self) -> None:
        """Forget all results."""


def caches() -> list[Cached]:
    """Return the functions of the project that keep their results."""
    kind = type(cache(repr))  # gc knows each of them; other objects are not asked, some of them would import
    found = [each for each in gc.get_objects() if type(each) is kind]
    return [each for each in found if each.__module__.partition(".")[0] in _OWN]


class Mutated(MetaPathFinder):
    """Lets one module be imported as its mutant."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the mutant, and nothing else."""
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Loader(fullname, str(self._mutant.path), self._mutant.source)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> object:  # type: ignore[override]  # the stubs say CodeType
        return compile(self._source, self.path, "exec", dont_inherit=True)
