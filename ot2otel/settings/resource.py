"""Translates the service's name and the tracer's tags into a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import quote

from ot2otel.settings.given import Given
from ot2otel.settings.part import Part, Variable
from ot2otel.settings.remarks import RESOURCE_SDK, Remark, by_test

Tags: TypeAlias = Mapping[str, str | bool | int | float]

# Not encoded, so that a person can read them.
_SAFE = "/:@+-._~!$*()"
_NAMED = "service.name"


def name(given: Given) -> Part:
    """Return the service's name."""
    if given.is_computed("service_name"):
        return Part()
    if "service_name" not in given.values:
        text = (
            "The name is not here: it was Config's argument. Give it with --service, or set "
            "OTEL_SERVICE_NAME; "
            "without it the service is unknown_service."
        )
        return Part((), (by_test("service_name", text, "resource-unknown-service"),))
    return Part((Variable("OTEL_SERVICE_NAME", str(given.values["service_name"]), "service_name"),))


def tags(given: Given) -> tuple[Part, Tags]:
    """Return the tags that are text as a variable, and the others, which only code keeps as they are."""
    own = given.values.get("tags") or {}
    assert isinstance(own, Mapping)  # checked
    written: dict[str, str] = {}
    coded: dict[str, str | bool | int | float] = {}
    remarks: list[Remark] = []
    for key, value in own.items():
        if key == _NAMED:
            text = "The tag service.name is left out: OTEL_SERVICE_NAME wins over it."
            remarks.append(by_test("tags", text, "resource-environment"))
        elif isinstance(value, str) and _fits(key) and value:
            written[key] = value
        else:
            coded[key] = value
    if written or coded:
        text = (
            "The tags are attributes of the resource, as they were tags of the process: they "
            "stand on no span. "
            "Only OpenTelemetry's Jaeger thrift exporter writes them on each span."
        )
        remarks.append(by_test("tags", text, "thrift-resource"))
    if coded:
        text = (
            "OTEL_RESOURCE_ATTRIBUTES has text alone, so the code has the tags that it would "
            f"change: {_list(coded)}."
        )
        remarks.append(Remark("tags", text, RESOURCE_SDK))
    limit = given.values.get("max_tag_value_length", 1024)
    long = [key for key, value in written.items() if isinstance(limit, int) and len(value) > limit]
    if long:
        text = f"jaeger-client cut these tags at {limit} characters; a resource has no limit: {_list(long)}."
        remarks.append(by_test("tags", text, "tag-length"))
    remarks.append(_host())
    if not written:
        return Part((), tuple(remarks)), coded
    value = ",".join(f"{key}={quote(text, safe=_SAFE)}" for key, text in written.items())
    return Part((Variable("OTEL_RESOURCE_ATTRIBUTES", value, "tags"),), tuple(remarks)), coded


def _fits(key: str) -> bool:
    """Tell whether the variable can have the key: the SDK decodes values only."""
    return bool(key) and key == key.strip() and not set(key) & set(",=%") and key.isprintable()


def _host() -> Remark:
    text = (
        "jaeger-client added the tags hostname, ip and jaeger.version. The SDK adds no address; "
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS=host adds host.name."
    )
    return by_test("tags", text, "resource-process")


def _list(names: Mapping[str, object] | list[str]) -> str:
    shown = list(names)[:5]
    return ", ".join(shown) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
