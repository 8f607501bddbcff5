"""The tracers of this process: found in the modules that are loaded, and watched."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import ref

from ot2otel.capture.in_process import jaeger_client, mock_tracer, sdk
from ot2otel.capture.in_process.ownership import Ownership
from ot2otel.errors import Ot2OtelError

_SETTERS = (
    ("opentelemetry.trace", ("_set_tracer_provider", "set_tracer_provider")),
    ("opentracing", ("set_global_tracer",)),
)


class NotWatchableError(Ot2OtelError):
    """An object is no tracer whose spans can be seen."""


class Tracers:
    """Watches tracers until `stop`; each only once.

    The global ones are looked up in `sys.modules`. Nothing is imported, so a program without OpenTelemetry
    stays without it.
    """

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self._processor = sdk.Processor(ownership)
        self._watched: dict[int, tuple[ref[Any], Callable[[Any], None]]] = {}  # Any: any tracer
        self._undo: list[Callable[[], None]] = []
        self._setters: set[str] = set()

    def watch(self, tracer: Any) -> None:  # Any: any tracer or provider
        """Watch a tracer or a provider from now on. Raises NotWatchableError.

        It may be a provider or a tracer of the OpenTelemetry SDK, the OpenTracing shim, a tracer of
        jaeger-client, or a MockTracer.
        """
        found = tracer
        if callable(getattr(found, "unwrap", None)):
            found = found.unwrap()  # the shim's OpenTelemetry tracer
        if not hasattr(found, "span_processor"):
            found = getattr(found, "_real_tracer", None) or found  # of OpenTelemetry's proxy
        if not self._begin(found):
            raise NotWatchableError(
                f"{type(tracer).__module__}.{type(tracer).__name__} can't be watched. Hand over a"
                " TracerProvider or a tracer of the OpenTelemetry SDK, the OpenTracing shim, a jaeger-client"
                " tracer or a MockTracer."
            )

    def _begin(self, tracer: Any) -> bool:  # Any: any object
        known = self._watched.get(id(tracer))
        if known is not None and known[0]() is tracer:
            return True
        adds = sdk.processors(tracer)
        if adds is not None:
            sdk.watch(adds, self._processor)
            self._watched[id(tracer)] = ref(tracer), self._stop_sdk
            return True
        for library in (jaeger_client, mock_tracer):
            if library.is_one(tracer):
                library.watch(tracer, self._ownership)
                self._watched[id(tracer)] = ref(tracer), library.stop
                return True
        return False

    def _stop_sdk(self, tracer: Any) -> None:  # Any: the SDK's
        sdk.stop(sdk.processors(tracer), self._processor)

    def watch_global(self) -> None:
        """Watch the global tracers that are set, and those that will be set from now on."""
        for tracer in global_tracers():
            with suppress(NotWatchableError):
                self.watch(tracer)
        for module, names in _SETTERS:
            loaded = sys.modules.get(module)
            name = next((name for name in names if hasattr(loaded, name)), None)
            if loaded is not None and name is not None and module not in self._setters:
                self._setters.add(module)
                self._undo.append(self._after(loaded, name))

    def _after(self, module: Any, name: str) -> Callable[[], None]:  # Any: a module of another package
        """Look for the global tracers after each call of a function; return the function that stops."""
        before = getattr(module, name)

        def setter(*args: Any, **kwargs: Any) -> Any:  # Any: as the function takes them
            result = before(*args, **kwargs)
            self.watch_global()
            return result

        setattr(module, name, setter)

        def stop() -> None:
            if getattr(module, name) is setter:
                setattr(module, name, before)

        return stop

    @property
    def has_any(self) -> bool:
        """Tell whether a tracer is watched that still exists."""
        return any(held() is not None for held, _ in self._watched.values())

    def unwatched(self) -> list[str]:
        """Return the types of the global tracers that record and are not watched."""
        return [
            f"{type(tracer).__module__}.{type(tracer).__name__}"
            for tracer in global_tracers()
            if not self._is_watched(tracer) and _records(tracer)
        ]

    def _is_watched(self, tracer: Any) -> bool:  # Any: any tracer
        found = tracer.unwrap() if callable(getattr(tracer, "unwrap", None)) else tracer
        known = self._watched.get(id(found))
        if known is not None and known[0]() is found:
            return True
        adds = sdk.processors(found)
        composite = getattr(adds, "_active_span_processor", adds)
        return self._processor in getattr(composite, "_span_processors", ())

    def stop(self) -> None:
        """Leave all tracers as they were."""
        for held, stop in self._watched.values():
            tracer = held()
            if tracer is not None:
                stop(tracer)
        for undo in self._undo:
            undo()
        self._watched.clear()
        self._undo.clear()
        self._setters.clear()


def _records(tracer: Any) -> bool:  # Any: any tracer
    return sdk.processors(tracer) is not None or jaeger_client.is_one(tracer) or mock_tracer.is_one(tracer)


def global_tracers() -> list[Any]:  # Any: any tracer or provider
    """Return OpenTracing's global tracer and OpenTelemetry's global provider, if they are loaded."""
    found = []
    opentracing = sys.modules.get("opentracing")
    if opentracing is not None:
        found.append(getattr(opentracing, "tracer", None))
    trace = sys.modules.get("opentelemetry.trace")
    if trace is not None and hasattr(trace, "get_tracer_provider"):
        found.append(trace.get_tracer_provider())
    return [tracer for tracer in found if tracer is not None]
