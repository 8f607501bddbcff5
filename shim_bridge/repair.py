"""Gives the spans of OpenTelemetry's OpenTracing shim their kind and their status ERROR; copy this file.

    provider.add_span_processor(ShimRepair())

The shim leaves both in tags, `span.kind` and `error`, where no back end looks for them. The place among the
other processors does not matter: a span is repaired before its end reaches any of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import cast

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

_LOGGER = logging.getLogger(__name__)
_SHIM = "opentelemetry.shim.opentracing_shim"
_KIND, _ERROR = "span.kind", "error"
_KINDS = {
    "client": SpanKind.CLIENT,
    "server": SpanKind.SERVER,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}


class ShimRepair(SpanProcessor):
    """Repairs each span of the shim at its start and at its end; other spans stay as they are.

    A tag goes when the span itself says the same. A tag with another value stays an attribute: an unknown
    kind, and `error` that is false or text. A status OK that the program set itself stays.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Repair the span with the tags of its start, and see to it that its end repairs it again."""
        scope = span.instrumentation_scope
        if scope is None or scope.name != _SHIM:
            return
        try:
            # Processors get a span's end in the order of their registration, and an agent's come first.
            vars(span)["end"] = _repaired_end(span, span.end)
            _repair_kind(span)
        except (AttributeError, TypeError) as error:
            _warn(str(error))

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Return True: nothing waits here. With the inherited None, processors after it are not flushed."""
        return True


def _repaired_end(span: Span, end: Callable[[int | None], None]) -> Callable[[int | None], None]:
    def repaired_end(end_time: int | None = None) -> None:
        vars(span).pop("end", None)  # otherwise the span refers to itself, and its memory is freed late
        try:
            _repair_kind(span)
            _repair_status(span)
        except (AttributeError, TypeError) as error:
            _warn(str(error))
        end(end_time)

    return repaired_end


def _repair_kind(span: Span) -> None:
    tag = _tags(span).get(_KIND)
    if not isinstance(tag, str) or tag not in _KINDS:
        return
    # The SDK has no public way to set the kind of a started span, nor to remove an attribute.
    span._kind = _KINDS[tag]
    if span.kind is not _KINDS[tag]:
        raise AttributeError("the kind is no longer in Span._kind")
    _tags(span).pop(_KIND, None)


def _repair_status(span: Span) -> None:
    # Only the boolean: the text "true" was no error in what Jaeger's collector made of jaeger-client's spans.
    if _tags(span).get(_ERROR) is not True:
        return
    if span.status.status_code is StatusCode.UNSET:
        span.set_status(StatusCode.ERROR)
    if span.status.status_code is StatusCode.ERROR:
        _tags(span).pop(_ERROR, None)


def _tags(span: Span) -> MutableMapping[str, object]:
    return cast("MutableMapping[str, object]", span._attributes)


@cache
def _warn(reason: str) -> None:
    _LOGGER.warning("ShimRepair does not know this OpenTelemetry SDK, and repairs no span: %s", reason)
