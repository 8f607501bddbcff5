"""docs/reference.md leaves out nothing that the installed packages make public."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from types import ModuleType

import jaeger_client
import opentracing
import pytest
from jaeger_client import config as jaeger_config
from jaeger_client.config import Config
from jaeger_client.span import Span
from jaeger_client.span_context import SpanContext
from jaeger_client.tracer import Tracer
from opentelemetry import semconv
from opentracing import logs, scope_managers, tags
from opentracing.mocktracer import MockTracer

from tests.support.runs import ROOT

TEXT = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \|", re.MULTILINE)


def rows(*sections: str) -> dict[str, str]:
    """Return the second cell of each row by the name in the first, of these sections or of all."""
    parts = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    return dict(ROW.findall("\n".join(part for part in parts if not sections or part.startswith(sections))))


def public(thing: object) -> list[str]:
    return [name for name in vars(thing) if not name.startswith("_") and name != "absolute_import"]


def members(*classes: type) -> set[str]:
    """Return the classes and their public members as `Class.member`."""
    return {f"{kind.__name__}.{name}" for kind in classes for name in public(kind)}


def test_the_reference_has_every_public_name_of_opentracing() -> None:
    names = {name for name in public(opentracing) if not isinstance(getattr(opentracing, name), ModuleType)}
    classes = [kind for name in names if inspect.isclass(kind := getattr(opentracing, name))]
    constants = {f"tags.{name}" for name in public(tags)} | {f"logs.{name}" for name in public(logs)}
    # A tuple's or an exception's inherited members are Python's.
    own = members(*(kind for kind in classes if not issubclass(kind, tuple)))

    assert (names | own | constants) - set(rows()) == set()


def test_the_reference_has_every_scope_manager_and_what_opentracing_gives_to_tests() -> None:
    files = {path.stem for path in (ROOT / scope_managers.__path__[0]).glob("*.py")}
    files -= {"__init__", "constants"}

    named = [name.split(".") for name in rows() if name.startswith("scope_managers.")]
    assert {module for _, module, *kind in named if kind} == files
    assert {"scope_managers.ThreadLocalScopeManager", f"mocktracer.{MockTracer.__name__}"} <= set(rows())


def test_the_reference_has_every_public_name_of_jaeger_client() -> None:
    names = {name for name in public(jaeger_client) if inspect.isclass(getattr(jaeger_client, name))}
    # Applications do not call its transport.
    names -= {"TUDPTransport", "Span", "SpanContext", "Tracer"}
    own = members(Span, SpanContext, Tracer)

    assert (names | own) - set(rows()) == set()


def keys() -> set[str]:
    """Return every key that `Config` looks up in its dictionary, as the package's source has them."""
    source = inspect.getsource(jaeger_config)
    lookup = r"(sampler_|throttler_|local_agent_)?(?:config|group\(\))(?:\.get\(|\[)'(\w+)'"
    found = re.findall(lookup, source)
    return {f"{group.rstrip('_')}.{key}" if group else key for group, key in found}


def test_the_reference_has_every_key_of_config_and_no_other() -> None:
    assert set(rows("jaeger_client.Config")) == keys()


@pytest.mark.parametrize("key", sorted(keys()))
def test_the_reference_has_the_default_of_the_installed_package(key: str) -> None:
    name = key.replace(".", "_")
    default = getattr(Config({}, service_name="service"), name, None)
    # These have no property, are methods, or their property is made of the key and is no default.
    written = rows("jaeger_client.Config")[key]

    if key == "service_name":
        assert written == "required"
    elif key == "metrics":
        assert written == "`True`"
        assert "self.config.get('metrics', True)" in inspect.getsource(Config)
    elif default is None or callable(default):
        assert written in ("none", "`None`", "none: remote")
    else:
        assert written.removesuffix(" s") == f"`{default}`"


def test_every_property_and_method_of_config_is_a_key_or_has_a_row() -> None:
    as_keys = {key.replace(".", "_") for key in keys()}
    groups = {"local_agent_group", "throttler_group"}

    left = set(public(Config)) - as_keys - groups
    assert {f"Config.{name}" for name in left} - set(rows()) == set()


def test_every_variable_that_jaeger_client_reads_has_a_row() -> None:
    source = inspect.getsource(jaeger_config)

    assert set(re.findall(r"'(JAEGER_\w+)'", source)) == set(rows("Environment variables"))


def test_every_attribute_that_the_reference_names_is_in_the_semantic_conventions() -> None:
    modules = Path(semconv.__path__[0]).rglob("*_attributes.py")
    known = {name for module in modules for name in re.findall(r'"([a-z_.]+)"', module.read_text())}
    conventions = json.loads((ROOT / "docs" / "makers" / "conventions.json").read_text(encoding="utf-8"))
    renamed = {row["old"] for row in conventions["deprecated"]}
    # A cell names the attribute of today first; the old one may follow behind a semicolon.
    cells = [cell.partition(";")[0] for cell in rows("Tags", "Log fields").values()]
    named = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", "\n".join(cells)))

    assert named - known - set(conventions["current"]) == set()
    assert named & renamed == set()
