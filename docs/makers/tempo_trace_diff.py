"""What Grafana Tempo's trace-diff sees of the planted faults.

    git clone https://github.com/grafana/tempo && (cd tempo && go build ./cmd/tempo-cli)
    python -m docs.makers.tempo_trace_diff tempo/tempo-cli VERSION DATE

The command compares two files of one trace each. It is run on each pair of traces, without the fault and
with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.makers.planted import FAULTS, TEMPO, Planted, paired
from ot2otel.model import Span
from ot2otel.recording import Recording
from ot2otel.wire.otlp_json_encoder import encode_json

_Patch = dict[str, Any]  # Any: JSON of the format trace-patch-v0


def seen(program: str, planted: Planted) -> list[str]:
    """Return the changes that the program tells with the fault, and not without it."""
    there = _all_changes(program, planted, planted.fault(planted.sound))
    return sorted((there - _all_changes(program, planted, planted.sound)).elements())


def _all_changes(program: str, planted: Planted, after: Recording) -> Counter[str]:
    changes: Counter[str] = Counter()
    for old, new in paired(planted):
        changes.update(_changes(_patch(program, (planted.before, old), (after, new))))
    return changes


def _patch(program: str, *sides: tuple[Recording, str]) -> _Patch:
    with tempfile.TemporaryDirectory() as directory:
        arguments = []
        for name, (recording, trace_id) in zip(("a", "b"), sides, strict=True):
            path = Path(directory, name)
            path.write_text(json.dumps(encode_json(_of_trace(recording, trace_id))), encoding="utf-8")
            arguments += [f"--trace-{name}", str(path)]
        command = [program, "experimental", "trace-diff", *arguments]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    patch: _Patch = json.loads(answer.stdout)
    return patch


def _of_trace(recording: Recording, trace_id: str) -> list[Span]:
    return [span for span in recording.spans if span.trace_id == trace_id]


def _changes(patch: _Patch) -> Iterator[str]:
    """Yield a text for each change, without the place of the span: a span more moves the others."""
    for sort in ("added", "removed"):
        for each in patch[sort] or ():
            yield f"{sort} {each['span']['service']}: {each['span']['name']}"
    for span in patch["modified"] or ():
        for change in span["changes"]:
            target = change["target"]
            field = target.get("key") or target.get("name")
            values = f"{change['before']!r} → {change['after']!r}"
            yield f"{change['op']} {span['span']['service']}: {span['span']['name']}: {field} {values}"


def main(program: str, version: str, date: str) -> None:
    """Write the file that the README's table is made of."""
    changes = {planted.what: seen(program, planted) for planted in FAULTS}
    hello = FAULTS[0]
    without = _all_changes(program, hello, hello.sound).total()
    content = {"version": version, "date": date, "without_a_fault": without, "changes": changes}
    TEMPO.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
