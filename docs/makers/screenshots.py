"""The pages' pictures in docs/screenshots, light and dark: `make screenshots` takes them.

They need Debian's Chromium and the extra `peers`. The comparison is of committed recordings; the many traces
are those of `benchmarks.shop`, which follow from their seed.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks import shop
from docs.makers.blocks import recording
from ot2otel.compare.verdict import Known, judge
from ot2otel.recording import Recording
from ot2otel.report import html

DIRECTORY = Path(__file__).parents[1] / "screenshots"
SCHEMES = ("light", "dark")
WIDTH = 1280


@dataclass(frozen=True, slots=True)
class Shot:
    """One page, and its part that is shown: from the top of one element to the end of another."""

    page: Callable[[], str]
    first: str
    last: str
    width: int = WIDTH


def comparison() -> str:
    """Return the page on `hello`: legacy against the shim and against native code."""
    before, shim, native = (
        recording(f"hello-{name}") for name in ("legacy-jaeger", "shim-otlp", "native-otlp")
    )
    found = [judge(before, after, Known(evidence=True)) for after in (shim, native)]
    return html.page([html.of_recordings(verdict) for verdict in found], "compare · flow hello")


def many() -> str:
    """Return the page on 10,000 traces of a shop."""
    before, after = (
        Recording(tuple(chain.from_iterable(shop.traces(10_000, after=side)))) for side in (False, True)
    )
    verdict = judge(before, after, Known(evidence=True))
    return html.page([html.of_recordings(verdict)], "diff before.json after.json")


SHOTS: Mapping[str, Shot] = {
    "comparison": Shot(comparison, "header.top", "#t1"),
    "spans": Shot(comparison, "#traces-title", "#t2"),
    "many": Shot(many, "#traces-title", "#form-4"),
    "small": Shot(comparison, "header.top", ".ledger", width=375),
}
# Pixels around a part of a page.
_MARGIN = 16


def names() -> set[str]:
    """Return the names of all files."""
    return {f"{name}-{scheme}.png" for name in SHOTS for scheme in SCHEMES}


def take(directory: Path) -> None:
    """Take all screenshots; exit with a message without a browser."""
    from PIL import Image  # in here: only this needs it
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is not installed: `make peers-chromium` installs it.")
    directory.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, shot in SHOTS.items():
            path = Path(temporary) / "page.html"
            path.write_text(shot.page(), encoding="utf-8")
            for scheme in SCHEMES:
                image = Image.open(io.BytesIO(_taken(browser, path.as_uri(), shot, scheme)))
                # A third of the bytes; no pixel changes by more than the eye can see.
                small = image.convert("RGB").quantize(
                    method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
                )
                small.save(directory / f"{name}-{scheme}.png", optimize=True)
        browser.close()


def _taken(browser: Any, address: str, shot: Shot, scheme: str) -> bytes:  # Any: Playwright is optional
    page = browser.new_page(viewport={"width": shot.width, "height": 900}, color_scheme=scheme)
    page.goto(address)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    top, bottom = page.evaluate(
        """([first, last]) => {
            const box = selector => document.querySelector(selector).getBoundingClientRect();
            return [box(first).top + scrollY, box(last).bottom + scrollY];
        }""",
        [shot.first, shot.last],
    )
    top = max(top - _MARGIN, 0)
    clip = {"x": 0, "y": top, "width": shot.width, "height": bottom + _MARGIN - top}
    taken: bytes = page.screenshot(full_page=True, clip=clip)
    page.close()
    return taken


if __name__ == "__main__":
    take(DIRECTORY)
