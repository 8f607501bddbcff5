"""A recorder never fails in a receiver's thread, and never silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from ot2otel.capture.masking import Masks
from ot2otel.capture.session import Recorder, Until
from ot2otel.model import KeyValues, Span
from ot2otel.recording_file import Appender, RecordingError, read
from ot2otel.wire.checked import Checked

SPAN = Span("1" * 32, "2" * 16, "op")


def message(*spans: Span) -> Checked:
    return Checked([span.trace_id for span in spans], [0 for _ in spans], (), 0, lambda: spans)


def test_the_spans_of_a_message_are_masked_counted_and_written(tmp_path: Path) -> None:
    secret = Span("1" * 32, "2" * 16, "op", attributes={"a.token": "abc"})

    with Appender(tmp_path / "run.jsonl") as file:
        recorder = Recorder(file, Masks())
        recorder.take(message(secret, SPAN))

    assert read(tmp_path / "run.jsonl").spans == (Masks().span(secret), SPAN)
    assert (recorder.spans, recorder.summary().traces) == (2, 1)


def test_a_fault_in_a_receiver_s_thread_is_raised_at_the_next_flush(tmp_path: Path) -> None:
    deep = KeyValues()
    for _ in range(5000):
        deep = KeyValues((("a", deep),))

    with Appender(tmp_path / "run.jsonl") as file:
        recorder = Recorder(file, Masks())
        recorder.take(message(Span("1" * 32, "2" * 16, "op", attributes={"a": deep})))
        with pytest.raises(RecursionError):
            recorder.flush()


def test_a_file_that_cannot_be_written_is_told_at_the_next_flush() -> None:
    with Appender(Path("/dev/full")) as file:
        recorder = Recorder(file, Masks())
        recorder.take(message(SPAN))
        with pytest.raises(RecordingError, match="No space left on device"):
            recorder.flush()


@pytest.mark.parametrize(
    ("until", "seconds", "ends"),
    [
        (Until(), 1e6, False),
        (Until(spans=1), 0, True),
        (Until(spans=2), 1e6, False),
        (Until(seconds=5), 4.9, False),
        (Until(seconds=5), 5, True),
        (Until(idle=1000), 1e6, False),
        (Until(idle=0), 0, True),
    ],
)
def test_a_condition_ends_a_session(tmp_path: Path, until: Until, seconds: float, ends: bool) -> None:
    with Appender(tmp_path / "run.jsonl") as file:
        recorder = Recorder(file, Masks())
        recorder.take(message(SPAN))

        assert until.reached(recorder, seconds, None) is ends


def test_a_session_without_a_span_is_not_idle(tmp_path: Path) -> None:
    with Appender(tmp_path / "run.jsonl") as file:
        assert not Until(idle=0).reached(Recorder(file, Masks()), 1e6, None)
