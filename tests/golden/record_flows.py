"""Records the flows, each variant over each exporter, in the pinned lane.

Run it as `python -m tests.golden.record_flows`; names of variants record these alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace

from ot2otel import recording_file
from ot2otel.lab.catalog import COMPARABLE, FLOWS, Flow, Variant
from ot2otel.lab.plan import Plan
from ot2otel.lab.run import record
from ot2otel.model import Attributes, AttributeValue
from ot2otel.recording import Recording
from tests.golden import OF_NO_MACHINE, RECORDINGS

# A recording's host is the packets'. Of a file in a stack trace, which may be cut off in the middle of its
# path, no more is kept than the module.
_OF_THIS_MACHINE = {"host.name": "golden", "host.id": "golden", "ip": "192.0.2.1"}
# The process that sent a message, as Celery names it.
_SENDER = re.compile(r"gen\d+@[\w.-]+")
_PATH = re.compile(r'File "[^"\n]*?(?P<end>[^"/\n]+/[^"/\n]+)?("|$)')


def main() -> None:
    os.environ |= OF_NO_MACHINE
    os.chdir(tempfile.gettempdir())
    variants = [COMPARABLE[name] for name in sys.argv[1:] or COMPARABLE]
    for flow in FLOWS.values():
        _save_recordings(flow, variants)


def _save_recordings(flow: Flow, variants: Sequence[Variant]) -> None:
    plans = [
        Plan(flow, variant, exporter, work=0)
        for variant in variants
        if variant.has(flow.name)
        for exporter in variant.exporters
    ]
    for recording in record(plans) if plans else ():
        path = RECORDINGS / f"{flow.name}-{recording.variant}-{recording.exporter}.json"
        # One document over many lines: people review its differences.
        path.write_text(
            json.dumps(recording_file.encode(neutral(recording)), indent=1) + "\n", encoding="utf-8"
        )


def neutral(recording: Recording) -> Recording:
    """Return the recording as if it was made on no machine in particular."""
    spans = tuple(
        replace(
            span,
            attributes=_neutral_attributes(span.attributes),
            resource=_neutral_attributes(span.resource),
            events=tuple(
                replace(event, attributes=_neutral_attributes(event.attributes)) for event in span.events
            ),
        )
        for span in recording.spans
    )
    return replace(recording, spans=spans)


def _neutral_attributes(attributes: Attributes) -> Attributes:
    def neutral(key: str, value: AttributeValue) -> AttributeValue:
        if isinstance(value, str):
            text = _PATH.sub(r'File "\g<end>"', value)
            return _OF_THIS_MACHINE.get(key, _SENDER.sub("gen1@golden", text))
        return value

    return {key: neutral(key, value) for key, value in attributes.items()}


if __name__ == "__main__":
    main()
