"""The propagation settings that services use during a migration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ot2otel.capture.environment import jaeger_client_propagation, opentelemetry_propagation
from ot2otel.errors import Ot2OtelError


class UnknownSettingError(Ot2OtelError):
    """No setting has the name; the text lists the settings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variant, and the formats in which it sends and reads a trace's context.

    `propagation` is the value to set, `short` its name in tables, and `variables` are the environment
    variables to set. Two settings with the same variant and propagation are equal.
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
        """The variables as in a shell, in front of a command."""
        return " ".join(f"{name}={value}" for name, value in self.variables.items())


def _jaeger_client(name: str, bits_128: bool = False) -> Setting:
    label = f"{name}-128" if bits_128 else name
    return Setting("legacy", label, label, jaeger_client_propagation(name, bits_128))


def _opentelemetry(variant: str) -> Iterable[Setting]:
    for short, propagators in (
        ("w3c", "tracecontext,baggage"),
        ("jaeger", "jaeger"),
        ("b3", "b3"),
        ("b3multi", "b3multi"),
        ("composite", "tracecontext,baggage,jaeger"),
    ):
        yield Setting(variant, propagators, short, opentelemetry_propagation(propagators))


# The first setting of each variant is its default.
SETTINGS = (
    _jaeger_client("jaeger"),
    _jaeger_client("jaeger", bits_128=True),
    _jaeger_client("b3"),
    *_opentelemetry("native"),
    *_opentelemetry("shim"),
)
# Of services under OpenTelemetry's agent: the same propagators, called by the instrumentations.
OF_AGENT = tuple(_opentelemetry("auto"))
EVERY = SETTINGS + OF_AGENT


def default(variant: str) -> Setting:
    """Return the setting of the variant's services if no variable is set."""
    return next(setting for setting in EVERY if setting.variant == variant)


def chosen(names: Sequence[str], among: Sequence[Setting] = SETTINGS) -> tuple[Setting, ...]:
    """Return the settings with one of these names; without names, all.

    A name is a variant, a propagation in its short or long form, or both as in `native/w3c`. Raises
    UnknownSettingError for any other name.
    """
    for name in names:
        if not any(name in _names(setting) for setting in among):
            labels = ", ".join(setting.label for setting in among)
            raise UnknownSettingError(
                f"{name!r} is not a propagation setting. Give a variant, a propagation, or one of {labels}."
            )
    return tuple(setting for setting in among if not names or any(name in _names(setting) for name in names))


def _names(setting: Setting) -> tuple[str, ...]:
    long = f"{setting.variant}/{setting.propagation}"
    return setting.variant, setting.short, setting.propagation, setting.label, long
