"""What a configuration says: a value for each key, or the expression that computes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut
from ot2otel.settings.remarks import Remark
from ot2otel.settings.table import GROUPS, KEYS

_DEEPEST = 4  # levels that are searched for a section
_NAMES = [row.name for row in KEYS]
# Groups may be absent or null; `sampler: null` breaks jaeger-client itself.
_NULLABLE = ("local_agent", "throttler", "tags")


class SettingsError(Ot2OtelError):
    """The input is no configuration of jaeger-client; the text has the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value in source code that is no literal."""

    expression: str
    line: int


@dataclass(frozen=True, slots=True)
class Given:
    """The values by key as in the table (`sampler.type`), and the computed ones.

    The keys of `tags` are the user's; its value is a mapping, and a computed tag is named `tags.NAME`.
    `names` has the variable that a value came from.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    computed: Mapping[str, Computed] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def is_computed(self, *keys: str) -> bool:
        """Tell whether one of the keys, or its group, is computed."""
        return any(key in self.computed or key.partition(".")[0] in self.computed for key in keys)


def flat(config: Mapping[object, object], where: str) -> Given:
    """Return the keys of jaeger-client's dictionary; raise SettingsError for a key that it does not know.

    `where` names the input in messages.
    """
    values: dict[str, object] = {}
    computed: dict[str, Computed] = {}
    for name, value in _entries(config, where):
        (computed if isinstance(value, Computed) else values)[name] = value  # type: ignore[assignment]
    tags = values.get("tags")
    if isinstance(tags, Mapping):
        values["tags"] = {str(key): tag for key, tag in tags.items() if not isinstance(tag, Computed)}
        computed |= {f"tags.{key}": tag for key, tag in tags.items() if isinstance(tag, Computed)}
    return Given(values, computed)


def section(content: object, path: str, where: str) -> object:
    """Return the part of the content below `path`, its keys separated by dots; raise SettingsError."""
    for name in path.split("."):
        if not isinstance(content, Mapping) or name not in content:
            near = get_close_matches(name, list(map(str, content))) if isinstance(content, Mapping) else []
            raise SettingsError(f"{where} has no section {path!r}: there is no {name!r}{_instead(near)}.")
        content = content[name]
    return content


def described(value: object) -> str:
    """Return a value for a message: the kind of a container, otherwise the value, cut."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple, set)):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of more than 128 bits"
    return cut(repr(value), 60) if value is not None else "null"


def _entries(config: Mapping[object, object], where: str) -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        name = str(key)
        if name in _NAMES and "." in name:
            group, _, member = name.partition(".")
            raise SettingsError(f"{where}: jaeger-client has no key {name!r}: write {member} below {group}.")
        if name not in _NAMES:
            raise _unknown(name, config, where)
        if name not in (*GROUPS, "tags") or isinstance(value, Computed):
            yield name, value
        elif value is None and name in _NULLABLE:
            continue
        elif not isinstance(value, Mapping):
            raise SettingsError(f"{where}: {name} must be a mapping of keys, not {described(value)}.")
        elif name == "tags":
            yield name, value
        else:
            yield name, None
            yield from _members(name, value, where)


def _members(group: str, members: Mapping[object, object], where: str) -> Iterator[tuple[str, object]]:
    for key, value in members.items():
        name = f"{group}.{key}"
        if name not in _NAMES:
            raise _unknown(name, {}, where)
        yield name, value


def _unknown(name: str, config: Mapping[object, object], where: str) -> SettingsError:
    group = name.partition(".")[0]
    known = [each for each in _NAMES if ("." not in each) == ("." not in name)]
    near = get_close_matches(name, known, 3) or (
        [each for each in known if each.startswith(f"{group}.")] if "." in name else []
    )
    if below := next(_sections(config, ""), None):
        remedy = f". Did you mean --section {below}?"
    else:
        remedy = f"{_instead(near)}." if near else ". It ignores such a key: take it out."
    return SettingsError(f"{where}: jaeger-client has no key {cut(name, 60)!r}{remedy}")


def _sections(content: Mapping[object, object], path: str, depth: int = 0) -> Iterator[str]:
    """Yield the paths of mappings that look like a configuration."""
    for key, value in content.items():
        if isinstance(value, Mapping) and depth < _DEEPEST:
            if "." not in str(key) and any(str(name) in _NAMES for name in value):
                yield f"{path}{key}"
            yield from _sections(value, f"{path}{key}.", depth + 1)


def _instead(near: list[str]) -> str:
    return f"; the nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
