"""Names for values without types, each with the reason."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]  # Any: JSON of any shape
AnyTracer: TypeAlias = Any  # Any: of any library; OpenTracing publishes no types
AnySpan: TypeAlias = Any  # Any: of any library; OpenTracing publishes no types
