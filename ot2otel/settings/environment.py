"""The JAEGER_* variables of an env file or an environment as a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from ot2otel.outline import cut
from ot2otel.settings.given import Given, SettingsError, described
from ot2otel.settings.remarks import JAEGER_CLIENT, JAEGER_FEATURES, Remark

# The variables that jaeger-client for Python reads itself, and their keys.
_OWN = {
    "JAEGER_AGENT_HOST": "local_agent.reporting_host",
    "JAEGER_AGENT_PORT": "local_agent.reporting_port",
    "JAEGER_TAGS": "tags",
    "JAEGER_TRACEID_128BIT": "generate_128bit_trace_id",
}
# Variables of Jaeger's other clients that stand for a key of this one.
_OTHERS = {
    "JAEGER_SERVICE_NAME": "service_name",
    "JAEGER_DISABLED": "enabled",
    "JAEGER_SAMPLER_TYPE": "sampler.type",
    "JAEGER_SAMPLER_PARAM": "sampler.param",
    "JAEGER_SAMPLER_REFRESH_INTERVAL": "sampling_refresh_interval",
    "JAEGER_SAMPLER_MAX_OPERATIONS": "max_operations",
    "JAEGER_REPORTER_MAX_QUEUE_SIZE": "reporter_queue_size",
    "JAEGER_REPORTER_FLUSH_INTERVAL": "reporter_flush_interval",
    "JAEGER_REPORTER_LOG_SPANS": "logging",
    "JAEGER_PROPAGATION": "propagation",
}
_MILLISECONDS = ("JAEGER_SAMPLER_REFRESH_INTERVAL", "JAEGER_REPORTER_FLUSH_INTERVAL")
# Variables of Jaeger's other clients without a key; the sentence says what to do.
_LEFT = {
    "JAEGER_ENDPOINT": "Set OTEL_EXPORTER_OTLP_ENDPOINT to that Jaeger's OTLP address, port 4318 for HTTP.",
    "JAEGER_USER": "OTEL_EXPORTER_OTLP_HEADERS carries credentials.",
    "JAEGER_PASSWORD": "OTEL_EXPORTER_OTLP_HEADERS carries credentials.",
    "JAEGER_AUTH_TOKEN": "OTEL_EXPORTER_OTLP_HEADERS carries credentials.",
    "JAEGER_SAMPLER_MANAGER_HOST_PORT": "Python's SDK has no remote sampler.",
    "JAEGER_SAMPLER_HOST_PORT": "Python's SDK has no remote sampler.",
    "JAEGER_SAMPLING_ENDPOINT": "Python's SDK has no remote sampler.",
    "JAEGER_RPC_METRICS": "The instrumentation packages have metrics of their own.",
}
_KNOWN = (*_OWN, *_OTHERS, *_LEFT)
_QUOTED = re.compile(r"""(["'])(.*?)\1(?:\s+#.*)?""", re.DOTALL)
_COMMENT = re.compile(r"\s#")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)", re.DOTALL)


def is_env_file(text: str) -> bool:
    """Tell whether every line is an assignment, a comment or empty, and one assigns."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def read_env_file(text: str, where: str) -> Given:
    """Return the JAEGER_* variables of an env file; raise SettingsError for a second value of one."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsError(f"{where}, line {number}: {cut(line.strip(), 40)!r} is not NAME=value.")
        name, value = match[1], _unquoted(match[2])
        if name in found and name.startswith("JAEGER_"):
            raise SettingsError(f"{where}, line {number}: {name} is set twice.")
        found[name] = value
    return from_variables(found, where)


def from_variables(variables: Mapping[str, str | None], where: str) -> Given:
    """Return the configuration in JAEGER_* variables; raise SettingsError if there is none.

    Unknown ones are told in a remark: container platforms set such variables by themselves, and programs have
    their own. So is one without a value (None).
    """
    own = {name: value for name, value in variables.items() if name.startswith("JAEGER_")}
    if not own:
        raise SettingsError(f"{where} has no variable JAEGER_*: {', '.join(_OWN)} are jaeger-client's own.")
    values: dict[str, object] = {}
    names: dict[str, str] = {}
    remarks: list[Remark] = []
    for name, text in own.items():
        if name in _LEFT:
            remarks.append(
                Remark(name, f"jaeger-client for Python does not read {name}. {_LEFT[name]}", JAEGER_FEATURES)
            )
        elif name not in _KNOWN:
            remarks.append(_unknown(name))
        elif text is None:
            told = f"{where} has no value for {name}: it is not translated."
            remarks.append(Remark(name, told, JAEGER_FEATURES))
        elif text or name == "JAEGER_AGENT_HOST":
            key = {**_OWN, **_OTHERS}[name]
            values[key], names[key] = _value(name, text, where), name
        if name in _OTHERS:
            remarks.append(_by_others(name))
    if any(key.startswith("sampler.") for key in values):
        values["sampler"] = None
    return Given(values, names=names, remarks=tuple(remarks))


def merged(file: Given, environment: Given) -> Given:
    """Return the configuration of a file and an environment: the file wins, except in its tags.

    So does jaeger-client (config.py): JAEGER_TAGS replaces tags of the same name.
    """
    values = {**environment.values, **file.values}
    tags = [each.values.get("tags") for each in (file, environment)]
    if "tags" in values:
        values["tags"] = {key: tag for each in tags if isinstance(each, Mapping) for key, tag in each.items()}
    if file.is_computed("sampler", "sampler.type") or "sampler" in file.values:
        values = {
            key: value
            for key, value in values.items()
            if not key.startswith("sampler.") or key in file.values
        }
    names = {key: name for key, name in environment.names.items() if key not in file.values}
    return Given(values, file.computed, names, (*file.remarks, *environment.remarks))


def _unknown(name: str) -> Remark:
    near = get_close_matches(name, _KNOWN, 3)
    instead = f"; the nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
    return Remark(name, f"No Jaeger client reads {cut(name, 60)}{instead}.", JAEGER_FEATURES)


def _by_others(name: str) -> Remark:
    return Remark(
        name,
        f"jaeger-client for Python does not read {name}, other Jaeger clients do. The "
        "translation holds if your "
        "program passes it to Config.",
        JAEGER_FEATURES,
    )


def _value(name: str, text: str, where: str) -> object:
    if name == "JAEGER_TAGS":
        return _tags(text, where)
    if name == "JAEGER_TRACEID_128BIT":
        return text == "true"  # nothing else: config.py
    if name == "JAEGER_DISABLED":
        return text.lower() != "true"
    if name in _MILLISECONDS:
        try:
            return int(text) / 1000
        except (ValueError, OverflowError):
            raise SettingsError(
                f"{where}: {name} must be a whole number of milliseconds, not {described(text)}."
            ) from None
    return text


def _tags(text: str, where: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in text.split(","):
        key, sign, value = pair.partition("=")
        if not sign or "=" in value:
            raise SettingsError(
                f"{where}: JAEGER_TAGS has {described(pair)}, which is not KEY=VALUE; "
                f"{JAEGER_CLIENT} ends with "
                "a ValueError there."
            )
        found[key.strip()] = value.strip()
    return found


def _unquoted(text: str) -> str:
    """Return the value without its quotes, and without a comment behind it, as shells and Compose read it."""
    if quoted := _QUOTED.fullmatch(text.strip()):
        return quoted[2]
    return _COMMENT.split(text, maxsplit=1)[0].strip()
