"""The README's picture as a browser lays it out: its words fit, in narrow fonts and in wide ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import pytest

from docs.makers import hero_svg, pictures
from docs.makers.blocks import recording
from docs.makers.hero import became
from tests.support.peers import missing, module, peer, program

pytestmark = peer("chromium")

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
# DejaVu's are the widest of the usual fonts; Liberation's are as wide as Helvetica and Courier.
FONTS = {"DejaVu Sans": "DejaVu Sans Mono", "Liberation Sans": "Liberation Mono"}
# The boxes of all words and marks, and of all rectangles that are no part of a mark. A mark is moved to its
# place, so it is measured on the page.
MEASURE = """() => {
    const {x: left, y: top} = document.querySelector('svg').getBoundingClientRect();
    const box = (words, {x, y, width, height}) =>
        ({words, left: x, top: y, right: x + width, bottom: y + height});
    const placed = element => {
        const {x, y, width, height} = element.getBoundingClientRect();
        return box('a mark', {x: x - left, y: y - top, width, height});
    };
    return {
        texts: [...document.querySelectorAll('svg text')].map(text => box(text.textContent, text.getBBox())),
        marks: [...document.querySelectorAll('svg > g')].map(placed),
        rects: [...document.querySelectorAll('svg > rect')].map(rect => box('', rect.getBBox())),
    };
}"""

Page: TypeAlias = Any  # Playwright may not be installed


@dataclass(frozen=True)
class Box:
    """The place of words, of a mark or of a rectangle, in pixels of the picture."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    path = program(BROWSER)
    api: Any = module("playwright.sync_api", "ot2otel[peers]")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser.new_page()
        browser.close()


def laid_out(page: Page, picture: str, font: str) -> tuple[list[Box], list[Box], list[Box]]:
    """Return the boxes of the picture's words, marks and rectangles, in pixels at full size."""
    families = f"text {{font-family: '{font}' !important}} .mono {{font-family: '{FONTS[font]}' !important}}"
    page.set_content(f"<!doctype html>{picture}<style>{families}</style>")
    if not used(page) <= {font, FONTS[font]}:
        missing(f"the font {font} is not installed")
    measured = page.evaluate(MEASURE)
    texts, marks, rects = ([Box(**box) for box in measured[sort]] for sort in ("texts", "marks", "rects"))
    return texts, marks, rects


def used(page: Page) -> set[str]:
    """Return the families of the fonts that the browser really took for the words."""
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "svg text, svg tspan"})[
        "nodeIds"
    ]
    fonts = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in nodes]
    return {font["familyName"] for each in fonts for font in each}


def overlapping(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.top <= inner.top
        and inner.bottom <= outer.bottom
    )


def collisions(texts: list[Box], marks: list[Box], rects: list[Box]) -> list[tuple[str, str]]:
    """Return the words and marks that overlap others, and the words that run over the edge of a rectangle."""
    words = [
        (one.words, other.words)
        for one, other in combinations([*texts, *marks], 2)
        if overlapping(one, other)
    ]
    edges = [
        (text.words, "an edge")
        for text in texts
        for rect in rects
        if overlapping(text, rect) and not inside(text, rect)
    ]
    return words + edges


def picture_of(*names: str) -> str:
    before, *afters = map(recording, names)
    return hero_svg.draw(became(before, afters))


PICTURES = {
    "the README's": pictures.drawn()["hero.svg"],
    "two that lose": picture_of("hello-legacy-jaeger", "hello-shim-otlp", "hello-shim-jaeger"),
    "none that loses": picture_of("hello-legacy-jaeger", "hello-native-otlp", "hello-native-jaeger"),
}


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_words_overlap_nor_leave_their_box(page: Page, picture: str, font: str) -> None:
    texts, marks, rects = laid_out(page, picture, font)

    assert collisions(texts, marks, rects) == []
    assert all(inside(text, rects[0]) for text in texts)
    assert len(texts) > 30
    assert len(marks) > 15


@pytest.mark.parametrize(
    ("words", "right", "up", "on"),
    [
        ("set_tag(tags.ERROR, True)", 40, 24, "status ERROR"),
        ("SERVERINTERNAL", 40, 0, "an edge"),
        ("SERVER", 40, 0, "a mark"),
    ],
)
def test_words_that_are_moved_are_found(page: Page, words: str, right: int, up: int, on: str) -> None:
    texts, marks, rects = laid_out(page, PICTURES["the README's"], "DejaVu Sans")
    number = next(number for number, text in enumerate(texts) if text.words == words)
    there = texts[number]
    texts[number] = Box(words, there.left + right, there.top - up, there.right + right, there.bottom - up)

    assert (words, on) in collisions(texts, marks, rects)
