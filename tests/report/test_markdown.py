"""A comment on a pull request."""

from __future__ import annotations

import re
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ot2otel.compare.answers import Answers
from ot2otel.compare.findings import LedgerRow
from ot2otel.report.ending import Ending
from ot2otel.report.markdown import LIMIT, markdown
from tests.support.endings import ANSWERS, SOME, TRANSLATED, ending, hostile, many
from tests.support.findings import LOST, MOVED, verdict

PARSER = MarkdownIt("commonmark").enable("table")
LEDGER = (LedgerRow("spans", 3, 3), LedgerRow("attributes", 1, 3))
WRITTEN = """\
### ⊖ ot2otel: different, 1 accepted

| before → after | verdict | |
|---|---|---|
| `legacy → native/otlp` | ⊖ **different, 1 accepted** | 2 of 3 answers differ, 1 field is gone, \
1 field is lost by a rule |

- hello: 1 trace, 1 span before and after, 3 answers, not the same

| | count | what | meaning | rule |
|---|---|---|---|---|
| ≠ answer | | `1 of 3 answers  GET /a: 200 → 502` | | |
| ≠ answer | | `1 of 3 answers  GET /b: 200 → 502` | | |
| ⊖ gone | 2 of 3 spans | `attribute url` | gone, no rule |  |
| ▼ degraded | 1 of 1 span | `kind SERVER → INTERNAL` | alerts go silent | \
[`lost`](https://source/of/the/rule) |

<details><summary>1 accepted</summary>

| | count | what | meaning | rule |
|---|---|---|---|---|
| ⊖ gone | 2 of 3 spans | `attribute old` | accepted: nobody reads it |  |

</details>

<details><summary>1 translated</summary>

| | count | what | meaning | rule |
|---|---|---|---|---|
| → translated | 1 of 1 span | `a → b` |  | [`moved`](https://source/of/the/name) |

</details>

Arrived: spans 3/3, attributes 1/3, answers 1/3

exit 1: it fails on different.
"""


def test_the_losses_are_a_table_and_the_rest_unfolds() -> None:
    assert markdown(ending(verdict(*SOME, ledger=LEDGER, answers=ANSWERS))) == WRITTEN


def test_nothing_differs() -> None:
    assert markdown(ending(verdict(answers=Answers(1, 1, 1)))) == (
        "### ✓ ot2otel: identical\n\n"
        "| before → after | verdict | |\n|---|---|---|\n"
        "| `legacy → native/otlp` | ✓ **identical** | nothing differs but ids and times |\n\n"
        "- hello: 1 trace, 1 span before and after, the same answers\n\n"
        "exit 0: it fails on different.\n"
    )


def test_what_fails_by_wish_is_not_folded() -> None:
    shown = markdown(ending(verdict(TRANSLATED), fail_on=("translated",)))

    assert "<details>" not in shown
    assert "exit 1: it fails on different, translated." in shown


def test_several_verdicts_have_a_heading_each() -> None:
    shown = markdown(ending(verdict(), verdict(TRANSLATED), verdict(*SOME)))

    assert [line for line in shown.splitlines() if line.startswith("#")] == [
        "### ⊖ ot2otel: different, 1 accepted",
        "#### `native/otlp`: equivalent",
        "#### `native/otlp`: different, 1 accepted",
    ]


def test_what_there_is_to_say_stands_at_the_end() -> None:
    shown = markdown(replace(ending(verdict()), remarks=("settings of pyproject.toml: none",)))

    assert "- settings of `pyproject.toml:` none" in shown.splitlines()


def test_no_text_from_a_span_does_anything() -> None:
    shown = markdown(hostile())

    tokens = [inner for token in PARSER.parse(shown) for inner in (token.children or [token])]
    links = {token.attrs["href"] for token in tokens if token.type == "link_open"}
    html = "".join(token.content for token in tokens if token.type in ("html_block", "html_inline"))
    outside = "".join(token.content for token in tokens if token.type == "text")
    cells = [sum(token.type == "td_open" for token in row) for row in _rows(shown)]
    assert links == {LOST.source, MOVED.source}
    tags = set(re.findall(r"<[^>]*>?", html))
    assert tags == {"<details>", "<summary>", "</summary>", "</details>"}
    assert not set("@#<[`*|\\%").intersection(outside)
    assert "evil" not in outside + html
    assert set(cells) <= {0, 3, 5}
    assert shown.replace("\n", "").isprintable()


def _rows(text: str) -> list[list[Token]]:
    rows: list[list[Token]] = [[]]
    for token in PARSER.parse(text):
        if token.type == "tr_open":
            rows.append([])
        rows[-1].append(token)
    return rows


def test_a_comment_has_a_limit_and_says_what_it_leaves_out() -> None:
    shown = markdown(many())

    assert LIMIT - 2_000 < len(shown.encode()) <= LIMIT
    assert shown.splitlines()[-1].endswith("a comment has room for 65,536 characters. JSON has them all.")
    assert "attribute key.0`" in shown
    assert "`a0 → b0`" not in shown
    left_out = int(shown.splitlines()[-1].partition(" ")[0].replace(",", ""))
    assert shown.count("| ⊖ gone |") + left_out == 20_000


def test_a_hundred_verdicts_fit() -> None:
    shown = markdown(Ending(many(1_000).verdicts * 10))

    assert len(shown.encode()) <= LIMIT
