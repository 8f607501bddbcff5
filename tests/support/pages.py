"""Pages of comparisons for tests, and a browser to open them in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks import shop
from docs.makers.blocks import recording
from ot2otel.acceptance import Entry, mark
from ot2otel.compare.judgement import Grade
from ot2otel.compare.verdict import Known, Verdict, judge
from ot2otel.model import Kind, Span, Status, StatusCode
from ot2otel.recording import Answer, Recording
from ot2otel.report import html
from tests.support.peers import module, program
from tests.support.trees import branch, forest

BROWSER = "chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

Page: TypeAlias = Any  # Playwright may not be installed


def verdict(before: Recording, after: Recording) -> Verdict:
    return judge(before, after, Known(evidence=True))


def page(*verdicts: Verdict) -> str:
    return html.page([html.of_recordings(each) for each in verdicts], "diff before after")


@cache
def golden(*afters: str, flow: str = "hello") -> str:
    """Return the page on golden recordings of a flow, each compared with legacy."""
    before = recording(f"{flow}-legacy-jaeger")
    return page(*(verdict(before, recording(f"{flow}-{after}")) for after in afters))


@cache
def accepted() -> str:
    """Return the page on the shim's two losses, both accepted."""
    judged = verdict(recording("hello-legacy-jaeger"), recording("hello-shim-otlp"))
    entry = Entry("the shim is <b>one</b> step", (Grade.DEGRADED,), rules=("shim-*",))
    return page(*mark([judged], [entry]).verdicts)


@cache
def many(count: int) -> str:
    sides = [
        Recording(tuple(chain.from_iterable(shop.traces(count, after=after)))) for after in (False, True)
    ]
    return page(verdict(*sides))


@cache
def deep(spans: int) -> str:
    return page(verdict(*(Recording(shop.deep(spans, after=after)) for after in (False, True))))


@cache
def planted() -> str:
    """Return the page on a trace that lost a span, a status and an attribute, and of which a span moved.

    Another trace has a span more.
    """
    error = Status(StatusCode.ERROR)
    before = forest(
        branch(
            "root",
            branch("kept", branch("leaf", attributes={"row": 1})),
            branch("lost", service="database", kind=Kind.CLIENT),
            branch("failed", status=error, attributes={"url": "/a", "user": 7}),
            kind=Kind.SERVER,
        ),
        branch("other", kind=Kind.SERVER),
    )
    after = forest(
        branch(
            "root",
            branch("kept"),
            branch("failed", branch("leaf", attributes={"row": 1}), attributes={"url": "/a"}),
            kind=Kind.SERVER,
        ),
        branch("other", branch("late", service="cache"), kind=Kind.SERVER),
    )
    return page(verdict(Recording(before), Recording(after)))


@cache
def answers_alone() -> str:
    side = Recording((), answers=(Answer("GET /", 200, "hello"),))
    return page(verdict(side, side))


def identical() -> str:
    return page(verdict(recording("hello-legacy-jaeger"), recording("hello-legacy-jaeger")))


HOSTILE = (
    "</script><script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}${window.ran = 1}",
    "\u202eevil\u2066\x00\x1b[31m",
    "\ud800",
    "__proto__",
    "]]><!--",
)


@cache
def hostile() -> str:
    """Return the page on spans whose every text tries to be more than text."""

    def spans(values: tuple[str, ...], filling: str) -> tuple[Span, ...]:
        return forest(
            *(
                branch(
                    text,
                    branch(text * 2, kind=Kind.CLIENT),
                    service=text,
                    attributes={text: value, "url": "javascript:window.ran=1", "long": filling * 200_000},
                    status=Status(StatusCode.ERROR, text),
                )
                for text, value in zip(HOSTILE, values, strict=True)
            )
        )

    return page(verdict(Recording(spans(HOSTILE, "x")), Recording(spans((*HOSTILE[1:], HOSTILE[0]), "y"))))


@contextmanager
def browser() -> Iterator[Any]:
    """Start Debian's Chromium; skip without it, fail where CI is set."""
    path = program(BROWSER)
    api: Any = module("playwright.sync_api", "ot2otel[peers]")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield started
        started.close()


def written(directory: Path, content: str) -> str:
    """Write a page and return its address."""
    path = directory / "page.html"
    path.write_text(content, encoding="utf-8")
    return path.as_uri()
