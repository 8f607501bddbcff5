"""Checks the values of a configuration as jaeger-client takes them, and makes them what they mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ot2otel.settings.given import Given, SettingsError, described
from ot2otel.settings.remarks import JAEGER_CLIENT, Remark
from ot2otel.settings.table import BY_NAME, KEYS, Takes

_UTILS = f"{JAEGER_CLIENT}, utils.py, get_boolean"
_DEFAULTS = {row.name: row.default == "`True`" for row in KEYS if row.takes is Takes.TRUTH}
_LARGEST = 1 << 63  # both wires have integers of 64 bits


@dataclass(frozen=True, slots=True)
class WrongError(Exception):
    """The value has another type or range; the text says which one is right."""

    right: str


def truth(value: object) -> bool | None:
    """Return the boolean that jaeger-client makes of a value; None where it takes the default."""
    return {"false": False, "0": False, "none": False, "true": True, "1": True}.get(str(value).lower())


def checked(given: Given, where: str) -> Given:
    """Return the configuration with checked values; raise SettingsError with the key and the right type."""
    values: dict[str, object] = {}
    remarks = list(given.remarks)
    for key, value in given.values.items():
        takes = BY_NAME[key].takes
        name = given.names.get(key, key)
        try:
            if takes is Takes.TRUTH:
                values[key], remark = _truth(key, value)
                remarks += remark
            elif key == "tags" and isinstance(value, Mapping):
                values[key] = {tag: _tag(tag, each) for tag, each in value.items()}
            else:
                values[key] = _CHECKS[takes](value)
            if key == "local_agent.reporting_host" and set(str(value)) & set(" /@?#"):
                raise WrongError("the name or the address of a host")
        except WrongError as error:
            raise SettingsError(f"{where}: {name} must be {error.right}, not {described(value)}.") from None
    return replace(given, values=values, remarks=tuple(remarks))


def number(value: object) -> float:
    """Return the finite number that Python's float makes of a value; raise WrongError."""
    try:
        found = float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise WrongError("a number")
    return found


def _truth(key: str, value: object) -> tuple[bool, list[Remark]]:
    if isinstance(value, (Mapping, list, tuple, set)):
        raise WrongError(Takes.TRUTH.value)
    found = truth(value)
    if found is not None:
        return found, []
    default = _DEFAULTS[key]
    text = (
        f"jaeger-client understands true, false, 1 and 0; for {described(value)} it takes its "
        f"default, {default}."
    )
    return default, [Remark(key, text, _UTILS)]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise WrongError(Takes.TEXT.value)
    return value


def _whole(least: int, most: int, takes: Takes) -> Callable[[object], int]:
    def check(value: object) -> int:
        try:
            found = number(value)
        except WrongError:
            raise WrongError(takes.value) from None
        if isinstance(value, bool) or found != int(found) or not least <= found <= most:
            raise WrongError(takes.value)
        return int(found)

    return check


def _seconds(value: object) -> float:
    try:
        found = number(value)
    except WrongError:
        raise WrongError(Takes.SECONDS.value) from None
    if isinstance(value, bool) or not 0 <= found < _LARGEST:
        raise WrongError(Takes.SECONDS.value)
    return found


def _tag(name: str, value: object) -> str | bool | int | float:
    """Return a tag's value as it is recorded: jaeger-client makes text of other types."""
    if isinstance(value, (Mapping, list, tuple, set)):
        raise SettingsError(
            f"The tag {described(name)} is {described(value)}: give text, a number or a truth value."
        )
    if any(0xD800 <= ord(letter) < 0xE000 for letter in f"{name}{value if isinstance(value, str) else ''}"):
        raise SettingsError(
            f"The tag {described(name)} has half a surrogate, which no wire carries: take it out."
        )
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise SettingsError(f"The tag {described(name)} is a number of more than 64 bits: give it as text.")
    if isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


_CHECKS: Mapping[Takes, Callable[[object], object]] = {
    Takes.TEXT: _text,
    Takes.COUNT: _whole(1, _LARGEST, Takes.COUNT),
    Takes.LENGTH: _whole(0, _LARGEST, Takes.LENGTH),
    Takes.PORT: _whole(1, 65535, Takes.PORT),
    Takes.SECONDS: _seconds,
    Takes.GROUP: lambda value: value,
    Takes.ANY: lambda value: value,
}
