"""Lets a process import a library with one place of its source changed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from tests.documents.plants.plant import Plant, planted


class Loader(SourceFileLoader):
    """Compiles the changed source; nothing of it is kept on disk."""

    def __init__(self, name: str, path: str, plant: Plant) -> None:
        super().__init__(name, path)
        self._plant = plant

    def get_code(self, fullname: str) -> CodeType:
        source = self._plant.edited(self.get_source(fullname) or "")
        code: CodeType = compile(source, self.path, "exec", dont_inherit=True)
        return code


class Finder(MetaPathFinder):
    """Finds the module of a plant, and no other."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._plant.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec and spec.origin:
            spec.loader = Loader(fullname, spec.origin, self._plant)
        return spec


def plant_named_by_environment() -> None:
    """Change what is imported from now on, if the environment names a plant; nothing must be imported yet."""
    if not planted():
        return
    from tests.documents.plants.table import PLANTS

    plant = {plant.name: plant for plant in PLANTS}[planted()]
    if plant.module in sys.modules:
        raise RuntimeError(f"{plant.module} is imported already: the plant `{plant.name}` can't change it")
    sys.meta_path.insert(0, Finder(plant))
