"""The accept file: read with the place of a mistake, grown at its end."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ot2otel.acceptance import AcceptanceError, Entry, read
from ot2otel.acceptance.accept_file import append, as_toml
from ot2otel.compare.judgement import Grade

URL = Entry("url.full has it", (Grade.GONE,), ("attributes.url",))
FULL = Entry(
    "a\ttab, 'quotes', \"double\" and \u202e",
    (Grade.GONE, Grade.CHANGED),
    ("attributes.url", "attributes.*"),
    ("lost",),
    ("front",),
    ("GET /[*]", ""),
    ('"\\n"',),
    ('it\'s "1"',),
)
WRITTEN = """\
[[accept]]
grade = "gone"
field = "attributes.url"
reason = "url.full has it"
"""
BY_HAND = """\
# What we agreed to.
[[accept]]
grade = "gone"  # not changed
field = "attributes.url"
reason = '''
url.full has it'''"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accept.toml"


def test_an_entry_is_four_lines(path: Path) -> None:
    append(path, URL)

    assert path.read_text() == WRITTEN
    assert read(path).entries == (URL,)


def test_what_is_there_stays(path: Path) -> None:
    path.write_text(BY_HAND)

    append(path, URL)
    append(path, FULL)

    assert path.read_text() == f"{BY_HAND}\n\n{WRITTEN}\n{as_toml(FULL)}"
    assert read(path).entries == (URL, URL, FULL)


def test_lines_end_as_they_do_there(path: Path) -> None:
    path.write_bytes(b"# ours\r\n")

    append(path, URL)

    assert path.read_bytes() == b"# ours\r\n\r\n" + WRITTEN.replace("\n", "\r\n").encode()
    assert read(path).entries == (URL,)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@given(text=TEXTS)
def test_any_text_is_read_as_it_was_written(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("accept") / "accept.toml"
    entry = Entry(f"because {text}", (Grade.GONE,), (text,), spans=(text, text), olds=(text,))

    append(path, entry)

    assert read(path).entries == (entry,)
    assert all(character.isprintable() or character == "\n" for character in path.read_text())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("accept", "is not TOML: Expected '=' after a key", id="no TOML"),
        pytest.param("a = " + "[" * 9_999, "is not TOML", id="nested"),
        pytest.param("[[acept]]\n", "has the unknown key 'acept'. Known: accept.", id="a key"),
        pytest.param("accept = 1\n", "write each entry below a line [[accept]]", id="a number"),
        pytest.param("accept = [1]\n", "write each entry below a line [[accept]]", id="a list"),
        pytest.param("[accept]\n", "write each entry below a line [[accept]]", id="one table"),
        pytest.param(
            f"{WRITTEN}spans = 'pay'\n",
            "entry 1 has the unknown key 'spans'. Known: grade, field, rule, service, span,",
            id="a key of an entry",
        ),
        pytest.param(f"{WRITTEN}[[accept]]\n", "entry 2 has no reason. Add reason = '...'.", id="no reason"),
        pytest.param("[[accept]]\nreason = ' '", "entry 1 has no reason.", id="a blank reason"),
        pytest.param("[[accept]]\nreason = 1", "entry 1 has no reason.", id="a number as a reason"),
        pytest.param("[[accept]]\nreason = 'a'", "entry 1 has no grade. Add grade = 'gone'", id="no grade"),
        pytest.param(
            "[[accept]]\nreason = 'a'\ngrade = 'lost'", "entry 1: 'lost' is not a grade. Grades:", id="a word"
        ),
        pytest.param("[[accept]]\nreason = 'a'\ngrade = 'kept'", "'kept' is not a grade", id="kept"),
        pytest.param("[[accept]]\nreason = 'a'\ngrade = 1", "grade must be a text or a list", id="a type"),
        pytest.param("[[accept]]\nreason = 'a'\ngrade = []", "grade is an empty list", id="an empty list"),
        pytest.param(
            "[[accept]]\nreason = 'a'\ngrade = 'gone'\nspan = 'pay'",
            "entry 1 names no field and no rule: it would accept too much.",
            id="everything",
        ),
        pytest.param(
            "[[accept]]\nreason = 'a'\ngrade = 'gone'\nfield = 'span'",
            "entry 1 is about whole spans and names none.",
            id="every span",
        ),
        pytest.param("\udcff", "is not UTF-8, from byte 0 on", id="bytes"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, problem: str, path: Path) -> None:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(AcceptanceError) as wrong:
        read(path)

    assert str(wrong.value).startswith(str(path))
    assert problem in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_file_that_cannot_be_read_is_not_written(path: Path) -> None:
    path.write_text("accept = []\n")

    with pytest.raises(AcceptanceError, match="is not TOML"):
        append(path, URL)

    assert path.read_text() == "accept = []\n"


def test_half_a_character_is_refused_and_leaves_no_file(path: Path) -> None:
    with pytest.raises(AcceptanceError, match="surrogate"):
        append(path, Entry("\ud800", (Grade.GONE,), ("a",)))

    assert not path.exists()


def test_a_full_disk_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(WRITTEN)
    write = os.write

    def full(descriptor: int, content: bytes) -> int:
        if len(content) < 20:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[:20])

    monkeypatch.setattr(os, "write", full)

    with pytest.raises(AcceptanceError, match="can't be written: No space left on device"):
        append(path, URL)
    assert path.read_text() == WRITTEN


def test_all_that_write_at_once_are_kept(path: Path) -> None:
    entries = [Entry(f"reason {number}", (Grade.GONE,), ("a",)) for number in range(40)]
    odd = Entry("\ud800", (Grade.GONE,), ("a",))

    def write(entry: Entry) -> None:
        with suppress(AcceptanceError):
            append(path, entry)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, [each for entry in entries for each in (odd, entry)]))

    assert sorted(entry.reason for entry in read(path).entries) == sorted(entry.reason for entry in entries)


def test_a_pipe_a_directory_and_nothing_are_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for path, problem in (
        (pipe, "is a pipe"),
        (tmp_path, "Is a directory"),
        (tmp_path / "a", "No such file"),
    ):
        with pytest.raises(AcceptanceError, match=problem):
            read(path)
    with pytest.raises(AcceptanceError, match="No such file"):
        append(tmp_path / "a" / "b", URL)


def test_an_empty_file_accepts_nothing() -> None:
    assert read(Path(os.devnull)).entries == ()
