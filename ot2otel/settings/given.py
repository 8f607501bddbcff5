"""What a configuration says: a value for each key, or the expression that computes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ot2otel.errors import Ot2OtelError
from ot2otel.outline import cut
from ot2otel.settings import deployment
from ot2otel.settings.remarks import Remark
from ot2otel.settings.table import GROUPS, KEYS, OWN_NAMES

_DEEPEST = 8  # levels that are searched for a section; a container's variables are in the seventh
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
    """Return the part of the content below `path`; raise SettingsError.

    The path has keys, and numbers of entries of lists from 0, separated by dots.
    """
    for name in path.split("."):
        if isinstance(content, list) and name.isdecimal() and len(name) < 5 and int(name) < len(content):
            content = content[int(name)]
            continue
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
    if below := _section_meant(config):
        remedy = f". Did you mean --section {below}?"
    else:
        remedy = f"{_instead(near)}." if near else ". It ignores such a key: take it out."
    return SettingsError(f"{where}: jaeger-client has no key {cut(name, 60)!r}{remedy}")


def _section_meant(content: object) -> str | None:
    """Return the path of the first part with keys of its own or variables, else of one with any key."""
    paths = [(looks, path) for path, looks in _sections(content, "", set()) if looks]
    return min(paths, key=lambda each: -each[0])[1] if paths else None


def _sections(content: object, path: str, seen: set[int], depth: int = 0) -> Iterator[tuple[str, int]]:
    """Yield the paths of parts, and 2, 1 or 0: how much a part looks like a configuration."""
    if id(content) in seen or depth > _DEEPEST:  # aliases may multiply
        return
    seen.add(id(content))
    entries = (
        content.items()
        if isinstance(content, Mapping)
        else enumerate(content if isinstance(content, list) else ())
    )
    for key, value in entries:
        if "." not in str(key):
            yield f"{path}{key}", _looks(value)
            yield from _sections(value, f"{path}{key}.", seen, depth + 1)


def _children(content: object) -> Iterable[tuple[object, object]]:
    if isinstance(content, Mapping):
        return content.items()
    return enumerate(content) if isinstance(content, list) else ()


def _looks(value: object) -> int:
    keys = {str(key) for key in value} if isinstance(value, Mapping) else set()
    if keys & OWN_NAMES or deployment.variables(value):
        return 2
    return int(bool(keys & set(_NAMES)))


def _instead(near: list[str]) -> str:
    return f"; the nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
