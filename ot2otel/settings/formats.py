"""Reads a configuration in any of its formats: YAML, JSON, a Python dictionary or program, an env file."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut
from ot2otel.settings import deployment, python_source
from ot2otel.settings.environment import from_variables, is_env_file, read_env_file
from ot2otel.settings.given import Computed, Given, SettingsError, described, flat, section

MAX_BYTES = 1 << 20
FORMATS = ("yaml", "json", "python", "env")
_ENDINGS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "python", ".env": "env"}


def read(content: bytes, name: str, kind: str | None = None, below: str | None = None) -> Given:
    """Return the configuration in the content of the file `name`.

    `kind` is one of FORMATS; without it the name's ending decides, then the content. `below` is the path of
    the section that has the configuration. Raises SettingsError.
    """
    text = _decoded(content, name)
    found = kind or _ENDINGS.get(PurePath(name).suffix.lower()) or _guessed(text, PurePath(name).name)
    if found == "env":
        if below:
            raise SettingsError(f"{name} is an env file, which has no section {below!r}.")
        return read_env_file(text, name)
    service: object = None
    if found == "python":
        source = python_source.find(text, name)
        config, service = source.config, source.service
    else:
        config = _PARSERS[found](text, name)
    if below:
        config = section(config, below, name)
    if found != "python" and (variables := deployment.variables(config)):
        return from_variables(variables, name)
    if not isinstance(config, Mapping):
        raise SettingsError(f"{name} must be a mapping of jaeger-client's keys, not {described(config)}.")
    given = flat(config, name)
    return given if service is None else _named(given, service)


def _named(given: Given, service: object) -> Given:
    """Return the configuration with Config's argument `service_name`; the dictionary's own name wins."""
    if "service_name" in given.values or "service_name" in given.computed:
        return given
    if isinstance(service, Computed):
        return replace(given, computed={**given.computed, "service_name": service})
    return replace(given, values={**given.values, "service_name": service})


def _decoded(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{name} is larger than {MAX_BYTES} bytes: give the configuration alone.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{name} is not UTF-8 text: byte {error.start} is wrong.") from None
    if not text.strip():
        raise SettingsError(f"{name} is empty: give a configuration of jaeger-client.")
    return text


def _guessed(text: str, name: str) -> str:
    if name.startswith(".env") or is_env_file(text):
        return "env"
    if text.lstrip().startswith(("import ", "from ", '"""', "#!")):
        return "python"
    if not text.lstrip().startswith("{"):
        return "yaml"
    try:
        json.loads(text)
    except ValueError:
        return "python"
    except RecursionError:
        pass
    return "json"


def _json(text: str, name: str) -> object:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: JSON
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise SettingsError(f"{name}: the key {cut(twice, 60)!r} stands there twice.")
        return found

    try:
        return json.loads(text, object_pairs_hook=unique)
    except RecursionError:
        raise SettingsError(f"{name} is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise SettingsError(f"{name} is not JSON: line {error.lineno}: {error.msg}.") from None
    except ValueError as error:
        raise SettingsError(f"{name} is not JSON: {cut(str(error))}.") from None


def _yaml(text: str, name: str) -> object:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import YAMLError
    except ModuleNotFoundError:
        raise Ot2OtelError(
            f"{name} seems to be YAML, and ruamel.yaml is not installed: pip install 'ot2otel[yaml]'. "
            "JSON, Python and env files need nothing."
        ) from None
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 1)  # as PyYAML reads it, where `yes` and `on` are true
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # about 1e-3, which PyYAML reads as text and ruamel.yaml as a number
            return parser.load(text)
    except RecursionError:
        raise SettingsError(f"{name} is nested too deeply.") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise SettingsError(f"{name} is not YAML: {at}{cut(' '.join(problem.split()))}.") from None
    except Exception as error:  # whatever ruamel.yaml meets in a scalar such as a date
        raise SettingsError(f"{name} is not YAML: {cut(' '.join(str(error).split()))}.") from None


_PARSERS: Mapping[str, Callable[[str, str], object]] = {"yaml": _yaml, "json": _json}
