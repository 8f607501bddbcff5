"""Draws the README's picture: plain SVG in integer pixels, without a date.

Only a loss has the loss colours, and each loss has a shape of its own as well. The cells are as wide as their
words in DejaVu Sans, the widest of the usual fonts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, count

from docs.makers.hero import Cell, Column, Detail, Hero, Line, Tally, in_words, request
from ot2otel.model import StatusCode

# The role of a colour: the attribute that it sets, and its values on a light and on a dark page.
COLOURS = {
    "ground": ("fill", "#ffffff", "#17181b"),
    "edge": ("stroke", "#d9d9d4", "#33363c"),
    "ink": ("fill", "#1a1b1e", "#eceded"),
    "quiet": ("fill", "#4f5358", "#b2b5ba"),
    "ink-line": ("stroke", "#1a1b1e", "#eceded"),
    "quiet-line": ("stroke", "#4f5358", "#b2b5ba"),
    "ground-line": ("stroke", "#ffffff", "#17181b"),
    "rule": ("stroke", "#e4e4df", "#2c2e33"),
    "branch": ("stroke", "#a3a39c", "#5a5d64"),
    "strong-rule": ("stroke", "#c4c4be", "#45484f"),
    "sunk": ("fill", "#f1f1ed", "#1f2124"),
    "unit": ("fill", "#666a70", "#92969c"),
}
LOSS_COLOURS = {
    "loss": ("fill", "#b8330f", "#ff9470"),
    "loss-line": ("stroke", "#b8330f", "#ff9470"),
    "loss-edge": ("stroke", "#e0937a", "#9a4a30"),
    "loss-ground": ("fill", "#fdeae3", "#33190f"),
    "loss-sunk": ("fill", "#fbd9cd", "#4f2618"),
}
# A service's colour, by the rank of its name.
SERVICES = (("#5b7aa6", "#7d9cc9"), ("#8a72a8", "#ab95c9"), ("#4d8a85", "#6fb0aa"), ("#7f7f4a", "#a9a76c"))
FONTS = 'system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif'
MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace'

# Marks of 16 by 16 pixels: a font's glyph may be missing. ERROR's cross is cut out of a filled square.
MARKS = {
    "SERVER": '<path d="M1.5 8h7M6 5.5 8.5 8 6 10.5M12 2.5v11"/>',
    "CLIENT": '<path d="M4 2.5v11M7.5 8h7M12 5.5 14.5 8 12 10.5"/>',
    "INTERNAL": '<circle cx="8" cy="8" r="4.5" stroke-dasharray="2 2.2"/>',
    "PRODUCER": '<path d="M2 4h5v8H2zM9 8h6M12.5 5.5 15 8l-2.5 2.5"/>',
    "CONSUMER": '<path d="M9 4h5v8H9zM1 8h6M4.5 5.5 7 8l-2.5 2.5"/>',
    "UNSPECIFIED": '<path d="M4 8h8" stroke-dasharray="2 2"/>',
    "UNSET": '<circle cx="8" cy="8" r="2.5"/>',
    "OK": '<path d="M3 8.5 6.5 12 13 4.5"/>',
    "ERROR": '<rect class="ink" x="1" y="1" width="14" height="14" rx="3" stroke="none"/>'
    '<path class="ground-line" d="m5 5 6 6M11 5l-6 6"/>',
}

# Pixels: the names; a column without and with losses, and the place of the status in it; the pills of a lost
# kind and of a lost status; the free space on the right of a column.
EDGE, NAMES = 28, 244
QUIET, QUIET_STATUS = 212, 112
LOSING, PADDING, KIND_PILL, STATUS_PILL = 384, 14, 188, 134
GAP = 24
TOP, ROW, DETAIL, UNITS = 130, 38, 88, 28
# The most characters of a name and of an attribute.
LONGEST_NAME, LONGEST_CODE = 22, 21


@dataclass(frozen=True, slots=True)
class Slot:
    """The left edge of a column, of its kinds and of its statuses, in pixels."""

    left: int
    kind: int
    status: int


def draw(hero: Hero) -> str:
    """Return the picture as SVG; the same hero is the same text."""
    widths = [LOSING if column.losses else QUIET for column in hero.columns]
    lefts = [*accumulate(widths, initial=EDGE + NAMES)]
    slots = [_slot(left, column) for left, column in zip(lefts, hero.columns, strict=False)]
    right = lefts[-1] - GAP
    tops, bottom = _tops(hero)
    totals = bottom + 26
    end = totals + UNITS * (len(hero.tallies) + _has_others(hero))
    height = end + 68
    services = list(dict.fromkeys(line.service for line in hero.lines))
    shapes = [
        f'<rect class="ground edge" x=".5" y=".5" width="{right + EDGE - 1}" height="{height - 1}" rx="10"/>',
        _text(EDGE, 42, "ink bold", _title(hero), 22),
        _text(EDGE, 66, "quiet", f"{request(hero)}: the kind and the status of each span", 15),
        *(
            _losing("loss-ground", slot, 84, height - 98, ' rx="8"')
            for slot, column in zip(slots, hero.columns, strict=True)
            if column.losses
        ),
        _text(EDGE, 104, "quiet", "span", 14),
        f'<path class="rule" d="M{EDGE} {TOP}.5H{right}"/>',
    ]
    for number, (line, top) in enumerate(zip(hero.lines, tops, strict=True)):
        shapes += _name(line, top, services.index(line.service) % len(SERVICES))
        for slot, kind, status in zip(slots, line.kinds, line.statuses, strict=True):
            shapes += _cell(kind, slot.kind, top, KIND_PILL)
            shapes += _cell(status, slot.status, top, STATUS_PILL)
        if hero.detail and hero.detail.line == number:
            shapes += _detail(hero.detail, line, top + ROW, slots, right)
    shapes.append(f'<path class="strong-rule" d="M{EDGE} {bottom}.5H{right}"/>')
    for tally, y in zip(hero.tallies, count(totals, UNITS), strict=False):
        shapes += _tally(tally, y, slots)
    if _has_others(hero):
        shapes += _others(hero.columns, end - UNITS, slots)
    shapes.append(_text(EDGE, end, "quiet", f"in all {hero.requests} requests", 14))
    for number, (slot, column) in enumerate(zip(slots, hero.columns, strict=True)):
        shapes += [
            _text(slot.kind, 104, "ink bold", f"{column.side}: {column.library}", 15),
            _text(slot.kind, 122, "quiet", column.label, 14),
        ]
        if number:
            shapes += _conclusion(hero, number, slot.kind, end)
    return _svg(right + EDGE, height, hero, shapes)


def _slot(left: int, column: Column) -> Slot:
    if not column.losses:
        return Slot(left, left, left + QUIET_STATUS)
    return Slot(left, left + PADDING, left + PADDING + KIND_PILL + 10)


def _tops(hero: Hero) -> tuple[list[int], int]:
    """Return the top of each line, and the bottom of the last one."""
    opened = hero.detail.line if hero.detail else None
    heights = (ROW + (DETAIL + 4) * (number == opened) for number in range(len(hero.lines)))
    *tops, bottom = accumulate(heights, initial=TOP + 2)
    return tops, bottom + 6


def _title(hero: Hero) -> str:
    outcome = "failing request" if hero.answer.status >= 400 else "request"
    return f"One {outcome}: what reaches your back end"


def _name(line: Line, top: int, service: int) -> Iterator[str]:
    x = EDGE + 16 * line.depth
    if line.depth:
        yield f'<path class="branch" d="M{x - 10} {top + 2}v18h7"/>'
    yield f'<rect class="service-{service}" x="{x}" y="{top + 15}" width="11" height="11" rx="2"/>'
    yield _text(x + 18, top + 26, "ink", _cut(line.name, LONGEST_NAME - 2 * line.depth), 15)


def _cell(cell: Cell, x: int, top: int, width: int) -> Iterator[str]:
    if cell.lost:
        yield f'<rect class="ground loss-edge" x="{x}" y="{top + 7}" width="{width}" height="28" rx="5"/>'
        yield _struck(x + 9, top + 26, "", cell, 14)
    else:
        yield from _kept(cell, x, top + 26)


def _kept(cell: Cell, x: int, y: int, prefix: str = "") -> Iterator[str]:
    """Draw a value that is no loss: quiet, but an error bold."""
    failed = cell.value == StatusCode.ERROR.name
    yield _mark(x, y - 13, MARKS[cell.value])
    yield _text(x + 20, y, "ink bold" if failed else "quiet", prefix + cell.value, 14)


def _struck(x: int, y: int, prefix: str, cell: Cell, size: int) -> str:
    # In one run, so that no font can make the two overlap.
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" class="ink">{prefix}'
        f'<tspan class="quiet struck">{cell.was}</tspan>'
        f'<tspan class="loss bold" dx="7">{cell.value}</tspan></text>'
    )


def _losing(role: str, slot: Slot, top: int, height: int, more: str = "") -> str:
    box = f'x="{slot.left}" y="{top}" width="{LOSING - GAP}" height="{height}"{more}'
    return f'<rect class="{role}" {box}/>'


def _detail(detail: Detail, line: Line, top: int, slots: Sequence[Slot], right: int) -> Iterator[str]:
    """Draw the loss of an error: its code, and the rest of it in each column."""
    yield f'<rect class="sunk" x="{EDGE}" y="{top + 2}" width="{right - EDGE}" height="{DETAIL}" rx="6"/>'
    yield _text(EDGE + 16, top + 28, "quiet", "the code says", 14)
    yield _text(EDGE + 16, top + 54, "ink mono", detail.code, 14)
    for slot, cell, attributes in zip(slots, line.statuses, detail.attributes, strict=True):
        if cell.lost:
            yield _losing("loss-sunk", slot, top + 2, DETAIL)
            mark = f'transform="translate({slot.kind} {top + 15})" d="M1.2 2.5h13.6L8 14.5z"'
            yield f'<path class="loss" {mark}/>'
            yield _struck(slot.kind + 20, top + 28, "status ", cell, 17)
        else:
            yield from _kept(cell, slot.kind, top + 28, "status ")
        if attributes:
            words = _cut(", ".join(attributes), LONGEST_CODE)
            yield _text(slot.kind + 20, top + 54, "ink mono", words, 14)
        if cell.lost and attributes:
            yield _text(slot.kind + 20, top + 78, "quiet", "left in an attribute only", 14)


def _tally(tally: Tally, y: int, slots: Sequence[Slot]) -> Iterator[str]:
    """Draw a square for each fact of the before, hollow and crossed out for a fact that is lost."""
    yield _text(EDGE, y, "ink", f"{tally.label} that arrive", 15)
    for slot, arrived in zip(slots, tally.arrived, strict=True):
        pitch = min(17, 136 // max(1, len(arrived)))
        x = slot.kind
        for fact in arrived:
            if fact:
                yield f'<rect class="unit" x="{x}" y="{y - 12}" width="{pitch - 4}" height="13" rx="2.5"/>'
            else:
                yield (
                    f'<g class="line loss-line" transform="translate({x} {y - 12})">'
                    f'<rect class="ground" x=".8" y=".8" width="{pitch - 5.6:.1f}" height="11.4" rx="2.5"/>'
                    f'<path d="M2.5 10.5 {pitch - 6.5} 2.5"/></g>'
                )
            x += pitch
        words = f"{sum(arrived)} of {len(arrived)}"
        yield _text(x + 8, y, "quiet" if all(arrived) else "loss bold", words, 14)


def _has_others(hero: Hero) -> bool:
    return any(column.others for column in hero.columns)


def _others(columns: Sequence[Column], y: int, slots: Sequence[Slot]) -> Iterator[str]:
    yield _text(EDGE, y, "ink", "other losses", 15)
    for slot, column in zip(slots, columns, strict=True):
        yield _text(slot.kind, y, "loss bold" if column.others else "quiet", str(column.others), 14)


def _conclusion(hero: Hero, number: int, x: int, y: int) -> Iterator[str]:
    """Draw the conclusion of a column: its losses, or the consequence for alerts if errors are lost."""
    errors = next(tally.arrived[number] for tally in hero.tallies if tally.label == "errors")
    if not hero.columns[number].losses:
        yield _mark(x, y + 3, MARKS["OK"], "ink-line")
        yield _text(x + 20, y + 16, "ink bold", "Nothing is lost.", 17)
    elif all(errors):
        yield _text(x, y + 16, "loss bold", f"Lost: {hero.columns[number].losses} facts.", 22)
    else:
        yield _text(x, y + 14, "loss bold", "Alerts on status ERROR", 22)
        yield _text(x, y + 41, "loss bold", f"see {sum(errors)} of {len(errors)}.", 22)


def _mark(x: int, y: int, shapes: str, role: str = "quiet-line") -> str:
    return f'<g class="line {role}" transform="translate({x} {y})">{shapes}</g>'


def _text(x: int, y: int, roles: str, words: str, size: int) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" class="{roles}">{escape(words)}</text>'


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def _svg(width: int, height: int, hero: Hero, shapes: Sequence[str]) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title words">',
        f'<title id="title">{escape(_title(hero))}</title>',
        f'<desc id="words">{escape(in_words(hero))}</desc>',
        "<style>",
        f"text{{font-family:{FONTS}}}",
        f".mono{{font-family:{MONO}}}",
        ".bold{font-weight:700}",
        ".struck{text-decoration:line-through}",
        ".line{fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}",
        ".branch{fill:none}",
        *_rules(1),
        # The picture has a ground of its own, for a page whose theme is not the system's.
        f"@media (prefers-color-scheme:dark){{{''.join(_rules(2))}}}",
        "</style>",
        *shapes,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _rules(theme: int) -> Iterator[str]:
    for role, colour in {**COLOURS, **LOSS_COLOURS}.items():
        yield f".{role}{{{colour[0]}:{colour[theme]}}}"
    for rank, colours in enumerate(SERVICES):
        yield f".service-{rank}{{fill:{colours[theme - 1]}}}"
