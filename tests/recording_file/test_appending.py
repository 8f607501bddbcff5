"""What was appended stays readable, whatever ends the writer."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from ot2otel.model import Span
from ot2otel.recording import Answer, Recording
from ot2otel.recording_file import Appender, RecordingError, open_recording, read, write

# The system refuses to let any file of this process grow beyond 1000 bytes.
NO_ROOM = """
import resource, sys
from pathlib import Path
from ot2otel.model import Span
from ot2otel.recording_file import Appender

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with Appender(Path(sys.argv[1])) as file:
    for number in range(1, 10):
        file.append([Span("1" * 32, f"{number:016x}", "op")])
        file.flush()
    print(file.problem)
"""


def span(number: int) -> Span:
    return Span("1" * 32, f"{number:016x}", "op", resource={"service.name": "s"})


def append_each(file: Appender) -> None:
    for one in SPANS:
        file.append([one])


SPANS = tuple(span(number) for number in range(1, 1200))
HELLO = Answer("GET /", 200, "Hello!")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "run.jsonl"


def test_spans_and_answers_are_read_back(path: Path) -> None:
    with Appender(path) as file:
        file.append(SPANS[:700])
        file.append_answer(HELLO)
        file.append(SPANS[700:])

    assert read(path) == Recording(SPANS, answers=(HELLO,))


def test_what_was_flushed_is_there_before_the_end(path: Path) -> None:
    with Appender(path) as file:
        file.append(SPANS[:2])
        file.flush()

        assert read(path) == Recording(SPANS[:2])


def test_a_full_line_is_written_without_a_flush(path: Path) -> None:
    with Appender(path) as file:
        file.append(SPANS[:499])
        assert path.read_bytes() == b""
        file.append(SPANS[499:500])

        assert read(path) == Recording(SPANS[:500])


def test_a_cut_last_line_leaves_the_others(path: Path) -> None:
    with Appender(path) as file:
        for one in SPANS[:3]:
            file.append([one])
            file.flush()
    path.write_bytes(path.read_bytes()[:-20])

    with open_recording(path) as reader:
        assert tuple(reader.spans()) == SPANS[:2]
        assert reader.cut.startswith("line 4 is cut: ")


def test_threads_append_whole_lines(path: Path) -> None:
    with Appender(path) as file:
        threads = [Thread(target=append_each, args=(file,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(read(path).spans) == 4 * len(SPANS)


def test_nothing_leaves_no_file(path: Path) -> None:
    with Appender(path):
        assert path.exists()

    assert not path.exists()


@pytest.mark.parametrize("name", ["run.jsonl", "x" * 300])
def test_nothing_leaves_no_new_directory(tmp_path: Path, name: str) -> None:
    (tmp_path / "kept").mkdir()

    with suppress(RecordingError), Appender(tmp_path / "kept" / "a" / "b" / name):
        pass

    assert list(tmp_path.rglob("*")) == [tmp_path / "kept"]


def test_a_new_directory_that_somebody_uses_stays(tmp_path: Path) -> None:
    with Appender(tmp_path / "a" / "b" / "run.jsonl"):
        (tmp_path / "a" / "notes").touch()

    assert list(tmp_path.rglob("*")) == [tmp_path / "a", tmp_path / "a" / "notes"]


def test_an_existing_recording_is_refused(path: Path) -> None:
    write(Recording(SPANS[:1]), path)

    with pytest.raises(RecordingError) as raised, Appender(path):
        pass

    assert str(raised.value) == f"{path} exists. Name another file, or replace it with --overwrite."
    assert read(path).spans == SPANS[:1]


def test_an_existing_recording_is_replaced_when_the_first_span_is_written(path: Path) -> None:
    write(Recording(SPANS), path)

    with Appender(path, overwrite=True) as file:
        assert read(path).spans == SPANS
        file.append(SPANS[:2])

    assert read(path).spans == SPANS[:2]


def test_an_existing_recording_stays_if_nothing_arrives(path: Path) -> None:
    write(Recording(SPANS[:1]), path)

    with Appender(path, overwrite=True):
        pass

    assert read(path).spans == SPANS[:1]


def test_an_empty_file_is_no_recording_to_protect(path: Path) -> None:
    path.parent.mkdir()
    path.touch(0o600)

    with Appender(path) as file:
        file.append(SPANS[:1])

    assert read(path).spans == SPANS[:1]
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_recordings_do_not_share_a_file(path: Path) -> None:
    with (
        Appender(path) as file,
        pytest.raises(RecordingError, match="another recording is under way"),
        Appender(path),
    ):
        pass

    assert file.problem == ""


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (".", "Is a directory"),
        ("file/run.jsonl", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("pipe", "No such device or address"),
    ],
)
def test_a_path_that_cannot_be_written_is_told_at_once(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(RecordingError) as raised, Appender(tmp_path / name):
        pass

    assert str(raised.value) == f"{tmp_path / name} can't be written: {problem}"


def test_a_full_device_is_a_problem_and_no_error_of_the_thread_that_appends() -> None:
    with Appender(Path("/dev/full")) as file:
        file.append(SPANS)

    assert file.problem == "/dev/full can't be written: No space left on device"


def test_without_room_the_file_ends_with_a_whole_line(path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", NO_ROOM, path], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert told == f"{path} can't be written: File too large\n"
    assert 0 < len(read(path).spans) < 9
