"""Makes docs/collector/repair.yaml: the shim's spans repaired by the Collector's transform processor.

Run it as `python -m docs.makers.collector`. The statements are the two rules for the shim's lost kind and
error, run backwards: where a span has what a rule makes of a fact, the fact is set, and then the tag goes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import chain
from pathlib import Path

from ot2otel.compare.facts import KIND, STATUS, Place
from ot2otel.compare.rules.origin import PYTHON_SHIM
from ot2otel.compare.rules.rule import Split
from ot2otel.compare.rules.shim import SHIM_OVER_OTLP
from ot2otel.model import Kind, StatusCode

ROOT = Path(__file__).parents[2]
FILE = Path("docs", "collector", "repair.yaml")
# The rules to undo, each with the values that the fact may have had.
UNDONE: Mapping[str, Sequence[Enum]] = {
    "shim-kind-as-attribute": list(Kind),
    "shim-error-as-attribute": list(StatusCode),
}
# The Collector's names: a path, and the beginning of the names of its values.
_PATHS = {KIND: ("span.kind", "SPAN_KIND"), STATUS: ("span.status.code", "STATUS_CODE")}
_HEAD = f"""\
# Gives the spans of OpenTelemetry's OpenTracing shim for Python their kind and their status ERROR.
# Made by `make docs` from the rules {" and ".join(UNDONE)}.
processors:
  transform/shim_repair:
    error_mode: ignore
    trace_statements:
      - conditions:
          - scope.name == "{PYTHON_SHIM}"
        statements:
"""


def main() -> None:
    """Write the file."""
    (ROOT / FILE).write_text(configuration(), encoding="utf-8")


def configuration() -> str:
    """Return the file's text."""
    return _HEAD + "".join(f"          - {statement}\n" for statement in statements())


def statements() -> list[str]:
    """Return the statements, in their order."""
    return list(chain.from_iterable(map(_undo, UNDONE)))


def _undo(name: str) -> Iterator[str]:
    """Yield the statements that undo a rule: a fact is set, and the tag that says the same goes."""
    [rule] = (rule for rule in SHIM_OVER_OTLP if rule.name == name)
    [licence] = rule.licences
    if not isinstance(licence, Split) or len(licence.takes) != 1:
        raise TypeError(f"{name} is no change of one fact: say here how it is undone")
    [place] = licence.takes
    for value in UNDONE[name]:
        made = licence.function(value, *(None for _ in licence.reads))
        if made is None:
            continue
        arrived = {each.place: each.value for each in made}
        yield f"set({_path(place)}, {_value(value)}) where {_stand(arrived)}"
        for tag in arrived.keys() - {place}:
            yield f'delete_key(span.attributes, "{tag[1]}") where {_stand({**arrived, place: value})}'


def _stand(facts: Mapping[Place, object]) -> str:
    return " and ".join(f"{_path(place)} == {_value(value)}" for place, value in facts.items())


def _path(place: Place) -> str:
    return _PATHS[place][0] if place in _PATHS else f'span.attributes["{place[1]}"]'


def _value(value: object) -> str:
    if isinstance(value, Kind | StatusCode):
        return f"{_PATHS[KIND if isinstance(value, Kind) else STATUS][1]}_{value.name}"
    return json.dumps(value)


if __name__ == "__main__":
    main()
