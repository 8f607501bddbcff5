"""A plant: a change of one place in a library's source, under which the sentence of a claim is wrong."""

from __future__ import annotations

import os
from dataclasses import dataclass

VARIABLE = "OT2OTEL_PLANT"
# An assertion proves a sentence. Another error may be the mistake of a plant.
ASSERTED = ("assert ", "AssertionError", "Failed: DID NOT RAISE")


@dataclass(frozen=True, slots=True)
class Plant:
    """Replaces `old`, which stands once in the source of `module`, by `new`; `changes` says what that does.

    The test of `claim` must notice it: one of its assertions fails, or it ends with the error `by`.
    `lane` names the only lane whose library has the text: "pinned", "newest", or "" for both.
    """

    claim: str
    changes: str
    module: str
    old: str
    new: str
    by: str = ""
    lane: str = ""

    @property
    def name(self) -> str:
        """The name, which an environment variable can have."""
        return f"{self.claim}: {self.changes}"

    def edited(self, source: str) -> str:
        """Return the module's source with the change; raise ValueError unless the text stands in it once."""
        count = source.count(self.old)
        if count != 1:
            raise ValueError(
                f"{self.module} has the text of the plant `{self.name}` {count} times: {self.old!r}"
            )
        return source.replace(self.old, self.new)

    def noticed(self, message: str) -> bool:
        """Tell whether a failure with this message is the one that the plant should cause."""
        return message.startswith((*ASSERTED, self.by) if self.by else ASSERTED)


def planted() -> str:
    """Return the name of the plant that this process runs with, "" for none."""
    return os.environ.get(VARIABLE, "")
