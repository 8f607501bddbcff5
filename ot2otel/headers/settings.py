"""How services pass a trace on: the propagation settings that a fleet in migration mixes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ot2otel.capture.environment import jaeger_propagation, opentelemetry_propagation
from ot2otel.errors import Ot2OtelError


class UnknownSettingError(Ot2OtelError):
    """No setting has the name; the text lists those that there are."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variant together with the formats that it sends and reads a trace's context in.

    `propagation` is the setting's value, `short` what a table heads its column with, `variables`
    what has to be set for it. Two settings are the same if their variant and propagation are.
    """

    variant: str
    propagation: str
    short: str = field(compare=False)
    variables: Mapping[str, str] = field(compare=False)

    @property
    def label(self) -> str:
        """Variant and short name, as tables and commands name the setting."""
        return f"{self.variant}/{self.short}"

    @property
    def assignments(self) -> str:
        """The variables as one would write them before a command."""
        return " ".join(f"{name}={value}" for name, value in self.variables.items())


def _jaeger_client(name: str, bits_128: bool = False) -> Setting:
    label = f"{name}-128" if bits_128 else name
    return Setting("legacy", label, label, jaeger_propagation(name, bits_128))


def _opentelemetry(variant: str) -> Iterable[Setting]:
    for short, propagators in (
        ("w3c", "tracecontext,baggage"),
        ("jaeger", "jaeger"),
        ("b3", "b3"),
        ("b3multi", "b3multi"),
        ("composite", "tracecontext,baggage,jaeger"),
    ):
        yield Setting(variant, propagators, short, opentelemetry_propagation(propagators))


# Each variant's default is its first.
SETTINGS = (
    _jaeger_client("jaeger"),
    _jaeger_client("jaeger", bits_128=True),
    _jaeger_client("b3"),
    *_opentelemetry("native"),
    *_opentelemetry("shim"),
)


def default(variant: str) -> Setting:
    """Return the setting of the variant's services where no variable is set."""
    return next(setting for setting in SETTINGS if setting.variant == variant)


def chosen(names: Sequence[str], among: Sequence[Setting] = SETTINGS) -> tuple[Setting, ...]:
    """Return the settings with one of these names, all if there is no name.

    A name is a variant, a propagation in its short or long form, or both as in `native/w3c`. Raises
    UnknownSettingError for a name that none has.
    """
    for name in names:
        if not any(name in _names(setting) for setting in among):
            labels = ", ".join(setting.label for setting in among)
            raise UnknownSettingError(
                f"{name!r} is no propagation setting here: name a variant, a propagation or both of {labels}."
            )
    return tuple(setting for setting in among if not names or any(name in _names(setting) for name in names))


def _names(setting: Setting) -> tuple[str, ...]:
    long = f"{setting.variant}/{setting.propagation}"
    return setting.variant, setting.short, setting.propagation, setting.label, long
