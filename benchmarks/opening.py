"""How long a browser takes to open a large page: `python -m benchmarks.opening`, `--save` keeps the results.

From the call to open the file until the page has drawn itself: two frames after its script has ended. It is
Debian's Chromium, with a fresh page each time; the file is in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks import shop
from benchmarks.figures import RESULTS
from ot2otel.compare.verdict import Known, judge
from ot2otel.recording import Recording
from ot2otel.report import html

TIMES = 5
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


def pages() -> Iterator[tuple[str, float, str]]:
    """Yield what each page shows, the seconds in which it should open, and the page."""
    deep = [Recording(shop.deep(2_000, after=after)) for after in (False, True)]
    many = [
        Recording(tuple(chain.from_iterable(shop.traces(10_000, after=after)))) for after in (False, True)
    ]
    for name, aim, (before, after) in (("2,000 spans", 2.0, deep), ("10,000 traces", 3.0, many)):
        verdict = judge(before, after, Known(evidence=True))
        yield name, aim, html.page([html.of_recordings(verdict)], name)


def seconds(browser: Any, path: Path) -> list[float]:  # Any: Playwright may not be installed
    """Return the seconds of each opening."""
    found = []
    for _ in range(TIMES):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        started = time.perf_counter()
        page.goto(path.as_uri())
        page.evaluate(DRAWN)
        found.append(time.perf_counter() - started)
        page.close()
    return found


@click.command()
@click.option("--save", is_flag=True, help="Write benchmarks/results/opening.json.")
def main(save: bool) -> None:
    """Open a page on one trace of 2,000 spans, and one on 10,000 traces, several times each."""
    from playwright.sync_api import sync_playwright  # in here: only this needs it

    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is not installed: `make peers-chromium` installs it.")
    load = os.getloadavg()[0]
    results: dict[str, Any] = {"times": TIMES, "load_at_start": load, "pages": []}
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        results["browser"] = browser.version
        for name, aim, content in pages():
            path = Path(directory) / "page.html"
            path.write_text(content, encoding="utf-8")
            took = seconds(browser, path)
            results["pages"].append(
                {
                    "page": name,
                    "bytes": len(content.encode()),
                    "aim_s": aim,
                    "seconds": [round(each, 3) for each in took],
                }
            )
            click.echo(
                f"{name}: {median(took):.2f} s (median of {TIMES}, most {max(took):.2f} s), aim {aim:.0f} s, "
                f"{len(content.encode()) / 1e6:.2f} MB"
            )
        browser.close()
    if save:
        (RESULTS / "opening.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
