"""A written file is complete, or as it was before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ot2otel.model import Span
from ot2otel.recording import STORED_IN_JAEGER, Answer, Recording
from ot2otel.recording_file import RecordingError, convert, read, write
from tests.support.fake_jaeger import trace

OLD, NEW = (Recording((Span("1" * 32, "2" * 16, name),), name) for name in ("old", "new"))
# The system refuses to let any file of this process grow beyond 100 bytes.
NO_ROOM = """
import resource, sys
from pathlib import Path
from ot2otel.model import Span
from ot2otel.recording import Recording
from ot2otel.recording_file import RecordingError, write

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write(Recording((Span("1" * 32, "2" * 16, "new"),)), Path(sys.argv[1]))
except RecordingError as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


def test_an_old_file_is_replaced_and_keeps_its_permissions(path: Path) -> None:
    write(OLD, path)
    path.chmod(0o640)

    write(NEW, path)

    assert read(path) == NEW
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_has_the_usual_permissions(path: Path) -> None:
    usual = path.with_name("usual")
    usual.touch()

    write(NEW, path)

    assert path.stat().st_mode == usual.stat().st_mode


def test_without_room_the_old_file_stays(path: Path) -> None:
    write(OLD, path)

    told = subprocess.run(
        [sys.executable, "-c", NO_ROOM, path], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told == f"{path} can't be written: File too large\n"
    assert read(path) == OLD
    assert list(path.parent.iterdir()) == [path]


def test_after_an_interrupt_the_old_file_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    write(OLD, path)
    monkeypatch.setattr(os, "fsync", interrupted)

    with pytest.raises(KeyboardInterrupt):
        write(NEW, path)

    assert read(path) == OLD
    assert list(path.parent.iterdir()) == [path]


def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path)

    write(NEW, link)

    assert link.is_symlink()
    assert read(path) == NEW


def test_a_device_is_written_to_and_stays(path: Path) -> None:
    write(NEW, Path("/dev/null"))

    assert not Path("/dev/null").is_file()
    assert Path("/dev/null").exists()


def test_a_full_device_is_named() -> None:
    with pytest.raises(RecordingError) as raised:
        write(NEW, Path("/dev/full"))

    assert str(raised.value) == "/dev/full can't be written: No space left on device"


@pytest.mark.parametrize(
    "recording",
    [
        pytest.param(Recording(()), id="nothing"),
        pytest.param(Recording(OLD.spans, "hello", answers=(Answer("GET /", 200, ""),)), id="one line"),
        pytest.param(Recording(2000 * OLD.spans, stored_in=STORED_IN_JAEGER), id="many lines"),
    ],
)
def test_a_document_becomes_lines(path: Path, recording: Recording) -> None:
    converted = path.with_suffix(".jsonl")
    write(recording, path)

    convert(path, converted)

    assert read(converted) == recording
    lines_of_spans = -(-len(recording.spans) // 500)
    assert len(converted.read_text().splitlines()) == 1 + lines_of_spans + len(recording.answers)


def test_a_document_of_jaeger_becomes_lines_that_tell_where_they_were_stored(path: Path) -> None:
    path.write_text(json.dumps([trace(OLD.spans)]))
    converted = path.with_suffix(".jsonl")

    convert(path, converted)

    assert read(converted) == read(path)
    assert read(converted).stored_in == STORED_IN_JAEGER


def test_a_broken_document_leaves_the_old_lines(path: Path) -> None:
    converted = path.with_suffix(".jsonl")
    write(OLD, converted)
    path.write_text('{"resourceSpans": []}\n{\n{}\n')

    with pytest.raises(RecordingError, match="line 2"):
        convert(path, converted)

    assert read(converted) == OLD
