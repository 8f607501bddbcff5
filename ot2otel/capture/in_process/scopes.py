"""The active spans of this thread: what a test left active is told, and taken away from the next test."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

# Scopes that are closed one after the other; a scope manager that never ends is left alone.
_MOST_SCOPES = 100


class ActiveScopes:
    """Remembers what is active now in this thread: OpenTelemetry's context, and the scopes of OpenTracing.

    For tracers that were set `anew`, nothing was active.
    """

    def __init__(self, tracers: Sequence[Any], *, anew: bool = False) -> None:  # Any: any tracer or provider
        self._context = _current_context()
        self._managers = [
            (manager, None if anew else _active(manager))
            for manager in map(_scope_manager, tracers)
            if manager
        ]

    def restore(self) -> list[str]:
        """Make active again what was; return the names of the spans that were left active since.

        The scopes of OpenTracing are closed, the last one first; that also ends their spans, if they were
        started so. OpenTelemetry's context is set to what it was.
        """
        left = []
        for manager, before in self._managers:
            for _ in range(_MOST_SCOPES):
                scope = _active(manager)
                if scope is None or scope is before:
                    break
                left.append(_name(scope.span))
                with suppress(Exception):  # the tracer's own code, in a state that it did not expect
                    scope.close()
                if _active(manager) is scope:
                    break
        context = _current_context()
        if context is not None and context is not self._context:
            trace = sys.modules["opentelemetry.trace"]
            now = trace.get_current_span(context)
            was = trace.get_current_span(self._context) if self._context is not None else None
            if now is not was and getattr(now, "name", None):
                left.append(_name(now))
            sys.modules["opentelemetry.context"].attach(self._context if self._context is not None else {})
        return left


def _current_context() -> Any:  # Any: OpenTelemetry's
    context = sys.modules.get("opentelemetry.context")
    return context.get_current() if context and "opentelemetry.trace" in sys.modules else None


def _scope_manager(tracer: Any) -> Any:  # Any: any tracer
    # The shim's scopes are OpenTelemetry's context.
    return None if hasattr(tracer, "unwrap") else getattr(tracer, "scope_manager", None)


def _active(manager: Any) -> Any:  # Any: OpenTracing's
    with suppress(Exception):  # a scope manager for another loop than the one that runs, or for none
        return manager.active
    return None


def _name(span: Any) -> str:  # Any: any span
    return str(getattr(span, "operation_name", None) or getattr(span, "name", "") or "(no name)")
