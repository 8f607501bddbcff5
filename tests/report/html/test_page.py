"""A page as a file: it loads nothing, its data cannot end its block, its size is bounded."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ot2otel.report.html.strings import LONGEST, SHORT, Strings, slug, text
from tests.support import pages


class Elements(HTMLParser):
    """Collects all elements, and the texts of those that a browser does not read as markup."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.policy = ""
        self.raw: dict[str, list[str]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        found = dict(attributes)
        self.addresses += [
            value for name, value in found.items() if name in ("src", "href", "srcset", "data") and value
        ]
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.names and self.names[-1] in self.raw and self.cdata_elem:
            self.raw[self.names[-1]].append(data)


def read(page: str) -> Elements:
    found = Elements()
    found.feed(page)
    return found


def test_the_page_on_hello_is_small_and_loads_nothing() -> None:
    page = pages.golden("shim-otlp")

    assert len(page.encode()) < 200_000
    assert {address[0] for address in read(page).addresses} == {"#"}


def test_the_policy_allows_the_pages_own_style_and_script_alone() -> None:
    found = read(pages.golden("shim-otlp"))

    def hash_of(content: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"

    [style], [_, script] = found.raw["style"], found.raw["script"]
    assert found.policy == (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {hash_of(style)}; script-src {hash_of(script)}"
    )


def test_no_text_of_a_recording_is_markup() -> None:
    kind, hostile = read(pages.golden("shim-otlp")), read(pages.hostile())

    assert hostile.names == kind.names
    assert json.loads(hostile.raw["script"][0])["comparisons"]


def test_the_script_never_makes_markup_of_a_text() -> None:
    script = read(pages.golden("shim-otlp")).raw["script"][1]

    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)
        == []
    )


def test_a_value_is_kept_up_to_a_bound_with_its_length() -> None:
    strings = Strings()

    numbers = [strings.add(value) for value in (None, "a", "a", "b" * LONGEST, "c" * (LONGEST + 1))]

    assert numbers == [-1, 0, 0, 1, 2]
    assert strings.table == ["a", "b" * LONGEST, ("c" * LONGEST, LONGEST + 1)]


def test_all_long_values_together_have_a_bound() -> None:
    strings = Strings()

    for number in range(40):
        strings.add(f"{number:02}" * LONGEST)

    assert sum(len(found[0]) for found in strings.table) < 1_100_000
    assert strings.table[-1] == ("39" * (SHORT // 2), 2 * LONGEST)


def test_names_are_shown_escaped_and_cut() -> None:
    assert text("a\x1b[31m\u202eb") == "a\\x1b[31m\\u202eb"
    assert text("x" * 300) == f"{'x' * 200}... (300 characters)"


def test_a_name_in_an_address_is_the_only_one() -> None:
    taken: set[str] = set()

    assert [slug(name, taken) for name in ("f-status.code", "f-status code", "<>")] == [
        "f-status-code",
        "f-status-code-2",
        "x",
    ]


def test_another_variant_that_keeps_a_lost_fact_is_the_way_out() -> None:
    page = pages.golden("shim-otlp", "native-otlp")
    shim, native = json.loads(read(page).raw["script"][0])["comparisons"]

    ways = {finding["id"]: finding["way_out"] for finding in shim["findings"] if finding["grave"]}
    assert ways == {
        "f-status-code": "native/otlp keeps it.",
        "f-kind": "native/otlp keeps all 8.",
    }
    assert {finding["way_out"] for finding in native["findings"]} == {""}


def test_a_browser_shows_the_verdict(tmp_path: Path) -> None:
    """The first ring's only look through a browser; `make peers-chromium` has the others."""
    path = shutil.which(pages.BROWSER)
    if path is None:
        pytest.skip("chromium is not installed: `make peers-chromium` installs it and runs all cases")
    address = pages.written(tmp_path, pages.golden("shim-otlp"))

    shown = subprocess.run(
        [path, *pages.FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", address],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout

    assert "<em>3 of 4 errors</em>" in shown
    assert shown.count('role="rowheader"') == 8
