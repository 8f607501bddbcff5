"""Translates the sampler."""

from __future__ import annotations

from difflib import get_close_matches

from ot2otel.settings.checking import WrongError, number, truth
from ot2otel.settings.given import Given, SettingsError, described
from ot2otel.settings.part import Part, Variable
from ot2otel.settings.remarks import JAEGER_CLIENT, Remark, by_test

_TYPES = ("const", "probabilistic", "ratelimiting")
_KEYS = "sampler.type, sampler.param"
# sampler.py, DEFAULT_SAMPLING_PROBABILITY
_REMOTE_START = "0.001"


def sampler(given: Given, where: str) -> Part:
    """Return the sampler; raise SettingsError for one that jaeger-client refuses."""
    if given.is_computed("sampler.type", "sampler.param"):
        return Part()
    kind, param = given.values.get("sampler.type"), given.values.get("sampler.param")
    if not kind or kind == "remote":
        return _remote(refused=kind == "remote" and "sampler.type" not in given.names)
    if kind == "const":
        return _const(param)
    if kind not in (*_TYPES, "rate_limiting"):
        near = get_close_matches(kind, _TYPES) if isinstance(kind, str) else []
        raise SettingsError(
            f"{where}: jaeger-client has no sampler {described(kind)}: choose {' or '.join(near or _TYPES)}."
        )
    try:
        rate = number(param)
        if kind == "probabilistic" and not 0 <= rate <= 1:
            raise WrongError("a number from 0 to 1")
        if rate < 0:
            raise WrongError("a number, 0 or more")
    except WrongError as error:
        raise SettingsError(
            f"{where}: sampler.param must be {error.right}, not {described(param)}."
        ) from None
    return _probabilistic(rate) if kind == "probabilistic" else _rate_limiting(rate)


def _const(param: object) -> Part:
    decision = truth(param) or False
    word = "always_on" if decision else "always_off"
    remarks = [
        by_test(
            "sampler.type",
            "const decides for traces that begin here. The caller's decision stays, as in "
            "jaeger-client: so it is "
            f"parentbased_{word}, not {word}.",
            "sampling-parent",
        )
    ]
    if truth(param) is None:
        text = f"jaeger-client reads the param {described(param)} of const as false: nothing was sampled."
        remarks.append(Remark("sampler.param", text, f"{JAEGER_CLIENT}, config.py, sampler"))
    return Part((Variable("OTEL_TRACES_SAMPLER", f"parentbased_{word}", _KEYS),), (*remarks, _no_tags()))


def _probabilistic(rate: float) -> Part:
    written = format(rate, "f").rstrip("0").rstrip(".") if float(format(rate, "f")) == rate else repr(rate)
    remark = by_test(
        "sampler.type",
        "Both compare the last 64 bits of the trace id with the ratio, for traces that begin "
        "here. The caller's "
        "decision stays.",
        "sampling-parent",
    )
    return Part(_ratio(written or "0", _KEYS), (remark, _no_tags()))


def _rate_limiting(rate: float) -> Part:
    text = (
        f"OpenTelemetry has no sampler by rate: instead of at most {rate:g} traces a second "
        "every trace is sampled. "
        "Choose OTEL_TRACES_SAMPLER=parentbased_traceidratio with a ratio for your traffic, or "
        "limit the rate in an "
        "OpenTelemetry Collector (tail_sampling has a policy rate_limiting)."
    )
    variable = Variable("OTEL_TRACES_SAMPLER", "parentbased_always_on", _KEYS)
    return Part((variable,), (by_test("sampler.type", text, "sampling-rate"), _no_tags()))


def _remote(refused: bool) -> Part:
    text = (
        "jaeger-client's default is the remote sampler: the agent gives the strategy, and one "
        "trace in a thousand is "
        "sampled until it does. Python's SDK has no remote sampler, and without a setting it "
        "samples everything. "
        "The ratio here is that start: write your service's ratio from the server's strategies instead."
    )
    remarks = [by_test("sampler", text, "sampling-defaults"), _no_tags()]
    if refused:
        told = (
            "jaeger-client for Python refuses the type remote with a ValueError. Its remote sampler is the "
            "default, without a type."
        )
        remarks.insert(0, Remark("sampler.type", told, f"{JAEGER_CLIENT}, config.py, sampler"))
    return Part(_ratio(_REMOTE_START, "sampler"), tuple(remarks))


def _ratio(ratio: str, keys: str) -> tuple[Variable, ...]:
    return (
        Variable("OTEL_TRACES_SAMPLER", "parentbased_traceidratio", keys),
        Variable("OTEL_TRACES_SAMPLER_ARG", ratio, keys),
    )


def _no_tags() -> Remark:
    text = (
        "Roots no longer have the tags sampler.type and sampler.param, on which Jaeger's "
        "adaptive sampling and some "
        "queries rely."
    )
    return by_test("sampler", text, "sampling-tags")
