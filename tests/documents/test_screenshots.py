"""The screenshots of the pages: each is there in light and in dark, and a document shows it."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from docs.makers import screenshots
from tests.support.peers import module, peer, program
from tests.support.runs import ROOT

PICTURE = re.compile(r"!\[([^\]]+)\]\(([^)\s]+)\)|srcset=\"([^\"]+)\"")
PNG = b"\x89PNG\r\n\x1a\n"


def size(path: Path) -> tuple[int, int]:
    """Return width and height in pixels, as the first chunk of a PNG says."""
    start = path.read_bytes()[:24]
    assert start.startswith(PNG)
    width, height = struct.unpack(">II", start[16:])
    return width, height


def test_each_is_there_in_light_and_in_dark() -> None:
    committed = {path.name: path for path in screenshots.DIRECTORY.iterdir()}

    assert set(committed) == screenshots.names()
    for name, shot in screenshots.SHOTS.items():
        light, dark = (size(committed[f"{name}-{scheme}.png"]) for scheme in screenshots.SCHEMES)
        assert light == dark
        assert light[0] == shot.width
    assert sum(path.stat().st_size for path in committed.values()) < 1_000_000


def test_a_document_shows_each_with_a_text() -> None:
    document = (ROOT / "docs" / "page.md").read_text(encoding="utf-8")
    shown = {path: words for words, path, _ in PICTURE.findall(document)}

    assert set(shown) == {f"screenshots/{name}-light.png" for name in screenshots.SHOTS}
    assert all(len(words) > 20 for words in shown.values())


@peer("chromium")
def test_the_command_takes_them_all(tmp_path: Path) -> None:
    program("chromium")
    module("playwright", "ot2otel[peers]")

    screenshots.take(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == screenshots.names()
    for name in screenshots.names():
        taken, committed = size(tmp_path / name), size(screenshots.DIRECTORY / name)
        # The height follows the fonts of the machine.
        assert taken[0] == committed[0]
        assert 0.8 < taken[1] / committed[1] < 1.25
