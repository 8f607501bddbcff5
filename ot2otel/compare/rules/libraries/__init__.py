"""Rules for frameworks and libraries: what instrumentations write that integrations wrote otherwise."""

from ot2otel.compare.rules.libraries.every import LIBRARIES

__all__ = ["LIBRARIES"]
