"""The page as a reader meets it, in Debian's Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import pages
from tests.support.pages import HOSTILE, Page
from tests.support.peers import module, peer

pytestmark = peer("chromium")

Open = Callable[..., Page]

PAGES: Mapping[str, Callable[[], str]] = {
    "golden": lambda: pages.golden("native-otlp", "shim-otlp"),
    "planted": pages.planted,
    "many": lambda: pages.many(2_000),
    "hostile": pages.hostile,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:  # Playwright may not be installed
    with pages.browser() as started:
        yield started


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Give a function that opens a page without a network; at the end no page may have met an error."""
    contexts, problems = [], []

    def show(content: str, address: str = "", width: int = 1440, **settings: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, reduced_motion="reduce", **settings
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: problems.append(request.url) if "page.html" not in request.url else None,
        )
        page.goto(pages.written(tmp_path, content) + address)
        return page

    yield show
    for context in contexts:
        context.close()
    assert problems == []


def words(page: Page, selector: str) -> list[str]:
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator(selector).all_inner_texts()]


def wait(page: Page, selector: str, text: str) -> None:
    """Wait for a text. The policy of the page forbids Playwright to wait for a function."""
    page.locator(selector, has_text=text).wait_for()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_the_verdict_stands_on_top_with_what_arrived(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    assert words(page, ".word") == ["Degraded"]
    assert words(page, "h1") == ["All 8 spans arrive. 3 of 4 errors and all 8 kinds do not."]
    assert words(page, "h1 em") == ["3 of 4 errors", "all 8 kinds"]
    assert words(page, ".ledger .loss") == ["Errors 1 of 4", "Kinds 0 of 8"]
    assert page.locator(".ledger tr").count() == 8
    assert page.get_by_role("img", name="1 of 4 errors kept").count() == 1


def test_findings_stand_gravest_first_with_count_consequence_rule_and_source(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    assert words(page, ".find .count") == ["3 of 4 failed spans", "8 of 8 spans"]
    assert words(page, ".find h3")[0] == "Alerts on the rate of spans with the status ERROR go silent"
    assert words(page, ".find .how .mono") == ["shim-error-as-attribute", "shim-kind-as-attribute"]
    assert page.locator(".find a[href^='https://']").count() == 2


def test_a_lost_status_is_open_at_first_sight(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    assert page.locator(".row[aria-expanded=true]").get_attribute("id") == "r2.2"
    assert words(page, ".open .say") == [
        "It was ERROR and says UNSET: alerts on the rate of spans with the status ERROR go silent."
    ]
    assert words(page, ".facts tr.loss th") == ["kind", "status", "error", "span.kind"]


def test_a_click_opens_a_row_as_a_table_and_another_closes_it(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    page.locator("[id='r1.1']").click()
    table = page.locator("[id='open-r1.1'] table")
    assert words(page, "[id='open-r1.1'] thead th") == ["Fact", "Before", "After", "What became of it"]
    shown = table.locator("tbody th[scope=row]").count()
    page.locator("[id='open-r1.1']").get_by_role("button", name="Show all").click()
    assert table.locator("tbody th[scope=row]").count() > shown
    page.locator("[id='r1.1']").click()

    assert page.locator("[id='open-r1.1']").count() == 0


def test_its_button_shows_the_spans_of_a_finding(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    page.get_by_role("button", name="Show the 3 spans").click()

    assert page.locator(".row").evaluate_all("rows => rows.map(row => row.id)") == ["r2.1", "r2.2", "r3.1"]
    assert words(page, "#hits") == ["3 of 8 spans"]
    page.keyboard.press("Escape")
    assert page.locator(".row").count() == 8


def test_without_a_difference_the_findings_fall_away_and_the_traces_stay(opened: Open) -> None:
    page = opened(pages.identical())

    assert words(page, "h1") == ["Nothing differs but ids and times."]
    assert not page.locator("#findings").is_visible()
    assert page.locator(".row").count() == 8
    assert words(page, ".trace .end .grade") == ["nothing lost"] * 3


def test_accepted_findings_are_quiet_and_have_their_reason(opened: Open) -> None:
    page = opened(pages.accepted())

    assert words(page, ".finds") == []
    group = page.locator(".rest details", has_text="2 accepted")
    group.locator("summary").click()
    reasons = group.locator(".why").all_inner_texts()
    assert len(reasons) == 2
    assert all("accepted: the shim is <b>one</b> step" in text for text in reasons)


def test_without_spans_the_answers_alone_are_shown(opened: Open) -> None:
    page = opened(pages.answers_alone())

    assert words(page, "h1") == ["The answers are the same."]
    assert words(page, ".sides .ill") == ["before: there is no span in it", "after: there is no span in it"]
    assert not page.locator("#search").is_visible()
    assert page.locator(".nothing").count() == 0


def test_the_search_finds_spans_by_their_values(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    page.keyboard.press("/")
    page.keyboard.type("connectionerror")
    wait(page, "#hits", "1 of 8 spans")
    assert page.locator(".row").evaluate_all("rows => rows.map(row => row.id)") == ["r3.2"]
    page.locator("#search").fill("no such value")
    page.wait_for_selector(".nothing")
    page.get_by_role("button", name="Clear the filters").click()

    assert page.locator(".row").count() == 8


def test_filters_tell_how_many_spans_fit(opened: Open) -> None:
    page = opened(pages.golden("native-otlp", "shim-otlp"))
    page.keyboard.press("2")

    page.select_option("#service", "server-2")
    assert words(page, "#hits") == ["2 of 8 spans"]
    page.select_option("#service", "")
    page.select_option("#grade", "translated")
    assert words(page, "#hits") == ["1 of 8 spans"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Only spans with a loss").click()
    assert words(page, "#hits") == ["8 of 8 spans"]
    page.get_by_role("tab", name="native").click()
    assert words(page, "#hits") == ["8 spans"]
    assert words(page, ".word") == ["Equivalent"]


def test_a_keyboard_is_enough(opened: Open) -> None:
    page = opened(pages.planted())
    page.evaluate("document.querySelector('.row').focus()")

    steps = []
    for key in ("ArrowDown", "ArrowDown", "End", "Home", "n", "n", "p"):
        page.keyboard.press(key)
        steps.append(focused(page))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")

    assert steps == ["r1.2", "r1.3", "r2.2", "r1.1", "r1.3", "r1.4", "r1.3"]
    assert page.locator("[id='r1.3']").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowLeft")
    assert page.locator("[id='r1.3']").get_attribute("aria-expanded") == "false"
    assert page.locator(".row[tabindex='0']").count() == page.locator(".trace").count() == 2
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()


def test_the_address_of_a_row_and_of_a_finding_survives_a_reload(opened: Open) -> None:
    page = opened(pages.golden("native-otlp", "shim-otlp"))
    page.keyboard.press("2")
    page.locator("[id='r3.1']").click()
    assert page.evaluate("location.hash") == "#legacy-shim-otlp/r3.1"

    page.reload()
    assert page.locator("[id='open-r3.1']").is_visible()
    assert focused(page) == "r3.1"
    page.locator(".find h3 a").first.click()
    page.reload()

    assert page.evaluate("location.hash") == "#legacy-shim-otlp/f-status-code"
    assert page.locator(".find.reached").get_attribute("id") == "f-status-code"


@pytest.mark.parametrize("content", PAGES)
def test_a_small_screen_shows_all_without_scrolling_sideways(content: str, opened: Open) -> None:
    page = opened(PAGES[content](), width=375)
    if content == "many":
        page.locator(".form summary").first.click()
    else:
        page.locator(".row").first.click()

    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_a_dark_system_gets_a_dark_page_and_a_button_changes_it(opened: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = opened(pages.golden("shim-otlp"), color_scheme="dark")

    assert page.evaluate(ground) == "rgb(15, 16, 18)"
    page.get_by_role("button", name="Light / dark").click()
    assert page.evaluate(ground) == "rgb(246, 246, 243)"


def test_without_colour_every_loss_has_a_mark_or_a_strike(opened: Open) -> None:
    """Whatever has the colour of a loss also has a mark, a strike or a line of its own."""
    page = opened(pages.planted())
    page.evaluate("document.querySelector('.row').focus()")
    for key in ["ArrowRight", "ArrowDown"] * 7:
        page.keyboard.press(key)

    bare = page.evaluate(
        """() => {
            const loss = getComputedStyle(document.documentElement).getPropertyValue('--loss').trim();
            const probe = document.createElement('i');
            probe.style.color = loss; document.body.append(probe);
            const colour = getComputedStyle(probe).color; probe.remove();
            const whole = '.find, .form, h1, .ledger tr, .gap, .pill, .row, tr, .grade, .moved';
            const told = element => element.closest(whole)?.querySelector('svg.mark, s, del, .lost, em');
            const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            const bare = [];
            let coloured = 0;
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const element = node.parentElement;
                if (!node.data.trim() || getComputedStyle(element).color !== colour) continue;
                coloured += 1;
                if (!told(element)) bare.push(node.data);
            }
            return {bare, coloured};
        }"""
    )

    assert bare["bare"] == []
    assert bare["coloured"] > 10
    assert page.locator(".gap:not(.gain)").count() == 1
    assert page.locator(".span.lost").count() == 2


def test_a_missing_span_leaves_a_gap_and_a_moved_one_names_its_new_place(opened: Open) -> None:
    page = opened(pages.planted())

    assert words(page, "[id='r1.4'] .after") == ["no span: gone"]
    assert words(page, "[id='r1.3'] .moved") == ["under failed"]
    assert words(page, "[id='r1.5'] .name small") == ["service", "user"]
    assert words(page, "[id='r2.2'] .before") == ["no such span"]


def test_paper_gets_everything_open_and_no_controls(opened: Open) -> None:
    page = opened(pages.golden("shim-otlp"))

    pdf = page.pdf(prefer_css_page_size=True)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")

    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 4
    assert page.locator(".open").count() == 8
    assert page.locator("details:not([open])").count() == 0
    assert not page.locator("#search").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".open").count() == 1


def test_a_hostile_recording_is_text(opened: Open) -> None:
    page = opened(pages.hostile())
    for _ in range(40):
        page.keyboard.press("n")
        page.keyboard.press("ArrowRight")
    page.locator(".more").first.click()

    assert page.evaluate("window.ran") is None
    assert page.locator("img, iframe, object, embed, base").count() == 0
    links = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert {link[:8] for link in links} <= {"https://"} | {link[:8] for link in links if link.startswith("#")}
    shown = page.locator("main").inner_text()
    assert HOSTILE[0] in shown
    assert "\\u202eevil\\u2066\\x00\\x1b[31m" in shown
    assert "200,002 characters in all" in shown


def test_no_other_script_may_run(opened: Open, tmp_path: Path) -> None:
    """The policy refuses a script that gets into the file after all."""
    content = pages.planted().replace(
        "</main>", "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'></main>"
    )
    path = tmp_path / "tampered" / "page.html"
    path.parent.mkdir()
    page = opened(pages.planted())
    context = page.context.browser.new_context()
    tampered = context.new_page()
    path.write_text(content, encoding="utf-8")
    tampered.goto(path.as_uri())

    assert tampered.evaluate("window.ran") is None
    assert tampered.locator(".row").count() == 7
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 375])
@pytest.mark.parametrize("content", PAGES)
def test_axe_finds_nothing(content: str, width: int, scheme: str, opened: Open) -> None:
    axe = module("axe_playwright_python.sync_playwright", "ot2otel[peers]").Axe()
    page = opened(PAGES[content](), width=width, color_scheme=scheme)
    if content == "golden":
        page.keyboard.press("2")
    if content == "many":
        page.get_by_role("link", name="Side by side median").first.click()
    page.keyboard.press("n")
    page.keyboard.press("Enter")

    found = axe.run(page)

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]] == []


def test_a_deep_trace_has_few_rows_in_the_document_and_all_on_demand(opened: Open) -> None:
    page = opened(pages.deep(2_000))

    assert 0 < page.locator(".row").count() < 600
    page.evaluate("document.querySelector('.row').focus()")
    page.keyboard.press("End")
    page.locator(".row:focus[aria-rowindex='2001']").wait_for()
    assert page.locator(".row").count() < 600
    page.keyboard.press("Home")
    page.keyboard.press("n")
    assert page.locator(".row:focus .gap").count() == 1
    page.get_by_role("button", name="Draw all rows").click()
    assert page.locator(".row").count() == 2_000


def test_the_address_of_a_row_far_down_leads_there(opened: Open) -> None:
    page = opened(pages.deep(2_000), "#before-after/r1.1504")

    assert focused(page) == "r1.1504"
    assert page.locator(".open").count() == 1
    assert page.locator(".row").count() < 600


def test_many_traces_are_a_row_for_each_pair_of_forms(opened: Open) -> None:
    page = opened(pages.many(2_000))

    counts = [int(text.split(" ")[0].replace(",", "")) for text in words(page, ".form .times")]
    assert sum(counts) == 2_000
    assert "2,000 pairs of traces are in this file: examples of each form" in words(page, "#traces-sub")[0]
    assert words(page, ".form:first-of-type tbody th") == ["slowest", "median", "fastest"]
    page.get_by_role("link", name="Side by side slowest").first.click()
    assert words(page, ".trace h3")[0].startswith("Slowest")
    assert page.locator(".trace .row").count() == 3
    page.reload()
    assert words(page, ".trace h3")[0].startswith("Slowest")


def test_filters_leave_the_forms_that_have_such_spans(opened: Open) -> None:
    page = opened(pages.many(2_000))
    every = page.locator(".form").count()

    page.get_by_role("button", name="Only spans with a loss").click()

    assert 0 < page.locator(".form:visible").count() < every
    page.locator("#search").fill("get_offers")
    wait(page, "#hits", "1 pair of forms")
    assert page.locator(".form:visible").count() == 1
