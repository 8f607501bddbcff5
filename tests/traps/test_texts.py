"""The texts of the traps, and the form of their scripts."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from click.testing import CliRunner

from ot2otel.cli import main
from ot2otel.cli.commands import SUMMARIES
from ot2otel.compare.catalog import rule_named
from ot2otel.traps import LANES, Trap, families, is_reported, report, similar, traps
from ot2otel.traps.trap import Thread, TrapTextError, parse

SCRIPT = '''\
# /// script
# dependencies = ["flask"]
# ///
"""Nothing
arrives.

Cause: It is
    off.
Met: a/b#1, c.d/e-f#22 (in Go)
Way out: Switch it on.
Found by: `ot2otel record`
Lanes: pinned
"""

import flask

assert flask.on, "off"
'''

DISTRIBUTIONS = packages_distributions()

every_trap = pytest.mark.parametrize("trap", traps(), ids=lambda trap: trap.name)


def written(directory: Path, text: str) -> Path:
    path = directory / "shim" / "off.py"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def imported(code: str) -> Iterator[str]:
    """Yield the full names of the modules that the code imports, in functions as well."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_a_script_is_read_as_a_trap(tmp_path: Path) -> None:
    path = written(tmp_path, SCRIPT)

    trap = parse(path)

    assert trap == Trap(
        name="off",
        family="shim",
        symptom="Nothing arrives.",
        cause="It is off.",
        met="a/b#1, c.d/e-f#22 (in Go)",
        way_out="Switch it on.",
        found_by="`ot2otel record`",
        lanes=["pinned"],
        packages=["flask"],
        code='import flask\n\nassert flask.on, "off"\n',
        path=path,
    )
    assert trap.threads == [Thread("a/b", 1), Thread("c.d/e-f", 22)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# /// script\n", "", "does not begin with a block"),
        ("Way out:", "Way off:", "lacks the field 'Way out'"),
    ],
)
def test_a_script_of_another_form_is_no_trap(tmp_path: Path, old: str, new: str, problem: str) -> None:
    path = written(tmp_path, SCRIPT.replace(old, new))

    with pytest.raises(TrapTextError, match=problem):
        parse(path)


def test_there_are_more_than_thirty_traps_each_with_its_own_name_symptom_and_cause() -> None:
    for texts in ([t.name for t in traps()], [t.symptom for t in traps()], [t.cause for t in traps()]):
        assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert len(traps()) > 30


def test_each_directory_of_scripts_is_a_family() -> None:
    directories = {trap.path.parent for trap in traps()}

    assert all(family.traps for family in families())
    assert {path.parent for path in next(iter(directories)).parent.rglob("*.py")} == directories


@every_trap
def test_a_text_is_complete(trap: Trap) -> None:
    # A name with a hyphen: nobody can import such a file instead of a module.
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", trap.name)
    assert len(trap.name) <= 36
    assert trap.symptom.endswith(".")
    assert trap.cause.endswith(".")
    assert trap.way_out.endswith(".")
    assert trap.packages
    assert set(trap.lanes) <= set(LANES)
    assert trap.lanes


@every_trap
def test_a_text_names_the_threads_that_report_it_or_says_that_none_does(trap: Trap) -> None:
    assert is_reported(trap) is bool(trap.threads)
    if is_reported(trap):
        without_remarks = re.sub(r" \(.*?\)", "", trap.met)
        assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+(, [\w.-]+/[\w.-]+#\d+)*", without_remarks)


@every_trap
def test_a_text_names_commands_and_rules_that_exist(trap: Trap) -> None:
    commands = re.findall(r"`ot2otel ([a-z-]+)", trap.found_by)
    rules = re.findall(r"`([a-z.-]+)`", trap.found_by.partition("the rule")[2])

    assert commands
    assert set(commands) <= set(SUMMARIES)
    assert [name for name in rules if rule_named(name) is None] == []


@every_trap
def test_the_last_assertion_alone_has_a_message(trap: Trap) -> None:
    tree = ast.parse(trap.code)
    with_message = [node for node in ast.walk(tree) if isinstance(node, ast.Assert) and node.msg is not None]

    assert with_message == tree.body[-1:]


@every_trap
def test_a_script_needs_nothing_of_ours_and_names_what_it_imports(trap: Trap) -> None:
    modules = {name.partition(".")[0] for name in imported(trap.code)} - set(sys.stdlib_module_names)

    assert "ot2otel" not in modules
    for module in modules & set(DISTRIBUTIONS):  # a lane may lack an extra
        assert {name.lower() for name in DISTRIBUTIONS[module]} & set(trap.packages), module


def test_all_traps_have_a_line_under_the_title_of_their_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")

    lines = CliRunner().invoke(main, ["traps"]).output.splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == [f.title for f in families()]
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [trap.name for trap in traps()]
    assert max(map(len, lines)) == 90


def test_a_trap_is_shown_with_all_about_it() -> None:
    trap = next(trap for trap in traps() if trap.name == "kind-is-internal")

    output = CliRunner().invoke(main, ["traps", trap.name]).output

    assert output.rstrip("\n") == report.whole(trap)
    assert trap.symptom in output
    assert "opentelemetry-python#2549" in output
    assert "    span = create_tracer(provider)" in output


def test_an_unknown_name_is_answered_with_similar_ones() -> None:
    result = CliRunner().invoke(main, ["traps", "baggage"])

    assert result.exit_code == 2
    assert "There is no trap 'baggage'. Similar: " + ", ".join(similar("baggage")) in result.output
    assert "baggage-stays-behind" in result.output


def test_the_page_links_each_thread() -> None:
    page = report.markdown(families())

    assert page.count("\n### ") == len(traps())
    assert (
        "[open-telemetry/opentelemetry-python#2549](https://github.com/open-telemetry/opentelemetry-python/issues/2549)"
        in page
    )
