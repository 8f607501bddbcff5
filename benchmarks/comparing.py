"""Measures a comparison: `python -m benchmarks.comparing < task`.

The task is `{"case": NAME}`, with `traces` and `values` for a population, and `paths` for two files. The
answer has the number of spans on both sides, the CPU time in seconds, the peak memory of the process in MiB,
the verdict's word, and how many spans are gone and new, and how many facts changed.

The task `{"parsed": PATHS}` parses the lines of the files by `json.loads` and does nothing else; the answer
has the CPU time alone. It is a yardstick for the speed of the machine.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.populations import Values, legacy_traces, native_traces
from benchmarks.reading import peak_kib
from ot2otel.compare.findings import SPAN
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Verdict, judge, judge_read
from ot2otel.model import Kind, Span
from ot2otel.recording import Recording
from ot2otel.recording_file import open_recording

Json = dict[str, Any]  # Any: JSON
_TICK_NS = 10_000


def populations(task: Json) -> tuple[Recording, Recording]:
    """Make the same requests, as OpenTracing and as OpenTelemetry tell them."""
    count, values = task["traces"], Values(task["values"])
    return _recording(legacy_traces(count, values)), _recording(native_traces(count, values))


def again(task: Json) -> tuple[Recording, Recording]:
    """Make one program recorded twice, in another order."""
    count, values = task["traces"], Values(task["values"])
    traces = list(legacy_traces(count, values, seed=3))
    random.Random(1).shuffle(traces)
    return _recording(legacy_traces(count, values)), _recording(traces)


def deep(task: Json) -> tuple[Recording, Recording]:
    """Make one trace in which each span is the only child of the one before; the deepest has changed."""
    spans = tuple(
        _span(n + 1, n, n * _TICK_NS, (2 * task["traces"] - n) * _TICK_NS) for n in range(task["traces"])
    )
    return Recording(spans), Recording((*spans[:-1], replace(spans[-1], kind=Kind.CLIENT)))


def siblings(task: Json) -> tuple[Recording, Recording]:
    """Make one trace with many siblings, of which one is lost."""
    root = _span(1, 0, 0, (task["traces"] + 2) * _TICK_NS)
    below = [_span(n, 1, n * _TICK_NS, (n + 1) * _TICK_NS) for n in range(2, task["traces"] + 2)]
    lost = task["traces"] // 2
    return Recording((root, *below)), Recording((root, *below[:lost], *below[lost + 1 :]))


def one_trace(task: Json) -> tuple[Recording, Recording]:
    """Make one trace in which each span has ten children; one without children is lost."""
    end = 10 * task["traces"] * _TICK_NS
    spans = tuple(
        _span(n, (n + 8) // 10 if n > 1 else 0, n * _TICK_NS, end + n) for n in range(1, task["traces"] + 1)
    )
    return Recording(spans), Recording(spans[:-1])


CASES: Mapping[str, Callable[[Json], tuple[Recording, Recording]]] = {
    each.__name__: each for each in (populations, again, deep, siblings, one_trace)
}


def _span(number: int, parent: int, start_ns: int, end_ns: int) -> Span:
    return Span(
        "1" * 32,
        f"{number:016x}",
        "step",
        f"{parent:016x}" if parent else "",
        start_ns=start_ns,
        end_ns=end_ns,
        attributes={"number": number, "half": number // 2},
        resource={"service.name": "one"},
    )


def _recording(traces: Iterable[tuple[Span, ...]]) -> Recording:
    return Recording(tuple(span for spans in traces for span in spans))


def parsed(paths: Iterable[str]) -> Json:
    """Parse each line of the files, and return the answer."""
    started = time.process_time()
    for path in paths:
        with open(path, "rb") as file:
            for line in file:
                json.loads(line)
    return {"seconds": round(time.process_time() - started, 3)}


def main(task: Json) -> Json:
    """Compare, and return the answer."""
    if "parsed" in task:
        return parsed(task["parsed"])
    if "paths" in task:
        started = time.process_time()
        with open_recording(Path(task["paths"][0])) as old, open_recording(Path(task["paths"][1])) as new:
            verdict = judge_read(old, new)
    else:
        before, after = CASES[task["case"]](task)
        started = time.process_time()
        verdict = judge(before, after)
    taken = time.process_time() - started
    return {
        "spans": verdict.before.spans + verdict.after.spans,
        "seconds": round(taken, 3),
        "peak_mib": round(peak_kib() / 1024, 1),
        "verdict": verdict.outcome.value,
        "gone": _spans(verdict, Grade.GONE),
        "new": _spans(verdict, Grade.NEW),
        "changed": verdict.count(Grade.CHANGED),
    }


def _spans(verdict: Verdict, grade: Grade) -> int:
    return sum(finding.n for finding in verdict.findings if finding.grade is grade and finding.field == SPAN)


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
