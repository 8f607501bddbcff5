"""Snapshots: written when asked, judged by the rules or exactly, told in a few lines."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.checkout import checkout
from tests.support.suites import PLUGIN, Suite, failures

EQUIVALENT = "spans.assert_equivalent('checkout', varying=['order.id'])"
EXACT = "spans.assert_matches('checkout', varying=['order.id'])"
UPDATE = "--trace-snapshots=update"
SNAPSHOT = Path("__traces__", "test_it", "checkout.json")
KIND, STATUS, BOTH = (
    f"""
[[accept]]
grade = "degraded"
rule = "{rule}"
reason = "the shim is a step on the way"
"""
    for rule in ("shim-kind-as-attribute", "shim-error-as-attribute", "shim-*")
)


def test_a_snapshot_taken_on_opentracing_names_the_losses_of_the_shim_and_passes_natively(
    suite: Suite,
) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE).assert_outcomes(passed=1)
    written = SNAPSHOT.read_text(encoding="utf-8")

    suite(checkout("legacy", EQUIVALENT)).assert_outcomes(passed=1)
    on_shim = suite(checkout("shim", EQUIVALENT))
    suite(checkout("native", EQUIVALENT)).assert_outcomes(passed=1)

    on_shim.assert_outcomes(failed=1)
    assert failures(on_shim) == [
        "checkout: degraded, 1 of 1 errors and 2 of 2 kinds are lost",
        "  ▼ status ERROR → UNSET (error=true) of pay: 1 of 1 failed span, degraded"
        " [shim-error-as-attribute]",
        "  ▼ kind SERVER, CLIENT → INTERNAL of checkout, pay: 2 of 2 spans, degraded"
        " [shim-kind-as-attribute]",
        "   snapshot            now",
        " ▼ checkout SERVER     checkout INTERNAL",
        " ▼   pay CLIENT ERROR    pay INTERNAL",
        "Accept: pytest test_it.py::test_checkout --trace-snapshots=update",
    ]
    assert SNAPSHOT.read_text(encoding="utf-8") == written


def test_a_snapshot_is_readable_and_has_no_ids_no_times_and_no_secrets(suite: Suite) -> None:
    suite(checkout("native", EQUIVALENT), UPDATE)

    document = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert document["traces"] == [
        [
            {
                "name": "checkout",
                "service": "shop",
                "scope": "a",
                "kind": "SERVER",
                "attributes": {
                    "http.request.method": "GET",
                    "http.response.status_code": 200,
                    "server.address": "shop.example",
                    "server.port": 80,
                    "url.path": "/cart",
                    "url.query": "token=masked",
                    "url.scheme": "http",
                },
                "children": [
                    {
                        "name": "pay",
                        "kind": "CLIENT",
                        "status": {"code": "ERROR"},
                        "attributes": {"order.id": 0},
                    }
                ],
            }
        ]
    ]


def test_a_snapshot_taken_with_a_mock_tracer_holds_for_real_tracers(suite: Suite) -> None:
    suite(checkout("mock", EQUIVALENT), UPDATE).assert_outcomes(passed=1)

    suite(checkout("legacy", EQUIVALENT)).assert_outcomes(passed=1)
    suite(checkout("native", EQUIVALENT)).assert_outcomes(passed=1)
    on_shim = suite(checkout("shim", EQUIVALENT))
    assert failures(on_shim)[3:] == [
        "   snapshot            now",
        " ▼ checkout SERVER     checkout INTERNAL",
        " ▼   pay CLIENT ERROR    pay INTERNAL",
        "Accept: pytest test_it.py::test_checkout --trace-snapshots=update",
    ]


def test_a_missing_snapshot_fails_and_is_not_written(suite: Suite) -> None:
    result = suite(checkout("mock", EQUIVALENT))

    result.assert_outcomes(failed=1)
    assert failures(result) == [
        "There is no snapshot __traces__/test_it/checkout.json. The spans now:",
        "  checkout SERVER",
        "    pay CLIENT ERROR",
        "Write it: pytest test_it.py::test_checkout --trace-snapshots=update",
    ]
    assert not SNAPSHOT.exists()


@pytest.mark.parametrize("mode", ["update", "review"])
def test_nothing_is_written_where_ci_is_set(suite: Suite, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    result = suite(checkout("mock", EQUIVALENT), f"--trace-snapshots={mode}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"ot2otel: CI is set, so --trace-snapshots={mode} writes no snapshot"])
    assert not SNAPSHOT.parent.parent.exists()


def test_an_update_writes_what_is_lost_or_changed_and_leaves_what_is_equivalent(suite: Suite) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    legacy = SNAPSHOT.read_text(encoding="utf-8")

    suite(checkout("native", EQUIVALENT), UPDATE).assert_outcomes(passed=1)
    assert SNAPSHOT.read_text(encoding="utf-8") == legacy

    result = suite(checkout("shim", EQUIVALENT), UPDATE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"written: {SNAPSHOT}"])
    assert SNAPSHOT.read_text(encoding="utf-8") != legacy


def test_a_match_is_exact(suite: Suite) -> None:
    suite(checkout("legacy", EXACT), UPDATE).assert_outcomes(passed=1)

    suite(checkout("legacy", EXACT)).assert_outcomes(passed=1)
    suite(checkout("native", EXACT)).assert_outcomes(failed=1)
    changed = suite(checkout("legacy", EXACT, status=503))
    changed.assert_outcomes(failed=1)
    assert failures(changed)[:3] == [
        "checkout: different, 2 fields are changed without a rule",
        "  ≠ status UNSET → ERROR of checkout: 1 of 1 span, changed, no rule",
        "  ≠ attribute http.status_code 200 → 503 of checkout: 1 of 1 span, changed, no rule",
    ]


def test_a_failure_has_at_most_15_lines(suite: Suite) -> None:
    many = """
    for number in range(40):
        with tracer.start_active_span(f"step {number % 7}", tags={f"key{number}": number, "bad": BAD}):
            tracer.start_span("inner").finish()
    spans.assert_equivalent("checkout")
"""
    suite(checkout("legacy", many.replace("BAD", "1")), UPDATE).assert_outcomes(passed=1)
    result = suite(checkout("shim", many.replace("BAD", "2 if number % 3 else 3").replace("step", "stop")))

    assert len(failures(result)) <= 15
    assert failures(result)[-1] == "Accept: pytest test_it.py::test_checkout --trace-snapshots=update"


def test_further_grades_can_fail_a_test(suite: Suite) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    more = (
        "tracer.start_span('x').end(); spans.assert_equivalent('checkout', varying=['order.id'], fail_on={})"
    )

    suite(checkout("native", EQUIVALENT.replace("])", "], fail_on=['translated'])"))).assert_outcomes(
        failed=1
    )
    result = suite(checkout("native", more.format("'nonsense'")))

    result.assert_outcomes(failed=1)
    assert any("'nonsense' is no" in line for line in result.outlines)


@pytest.mark.parametrize("name", ["", "../outside", "a/b", "x" * 101, ".hidden"])
def test_a_name_that_is_no_files_is_refused(suite: Suite, name: str) -> None:
    result = suite(checkout("mock", f"spans.assert_equivalent({name!r})"), UPDATE)

    result.assert_outcomes(failed=1)
    assert any("can't be the name of a snapshot" in line for line in failures(result))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is no JSON"),
        ("[]", "the key 'ot2otel.snapshot' is missing"),
        ('{"ot2otel.snapshot": 2}', "its version is 2, and this release reads 1"),
        ('{"ot2otel.snapshot": 1}', "KeyError: 'traces'"),
        ('{"ot2otel.snapshot": 1, "traces": [[{"name": "x", "kind": "ODD"}]]}', "KeyError: 'ODD'"),
        ('{"ot2otel.snapshot": 1, "traces": [[{"name": 1, "kind": "SERVER"}]]}', "TypeError: 1 is no text"),
        ("[" * 100_000, "it is no JSON"),
    ],
)
def test_a_broken_snapshot_is_told_in_a_line(suite: Suite, text: str, problem: str) -> None:
    SNAPSHOT.parent.mkdir(parents=True)
    SNAPSHOT.write_text(text, encoding="utf-8")
    result = suite(checkout("mock", EQUIVALENT))

    result.assert_outcomes(failed=1)
    (line,) = [line for line in failures(result) if "is no snapshot" in line]
    assert problem in line


def test_unused_snapshots_are_reported_if_all_tests_of_the_module_ran(suite: Suite) -> None:
    two = checkout("mock", EQUIVALENT) + "\ndef test_other():\n    pass\n"
    suite(two, UPDATE).assert_outcomes(passed=2)
    for path in (SNAPSHOT.with_name("old.json"), Path("__traces__", "test_gone", "x.json")):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")

    everything = suite(two)
    a_part = suite(two, "-k", "test_other")
    one = suite("", "test_it.py::test_checkout")

    told = [line for line in everything.outlines if line.startswith("unused: ")]
    assert told == [
        "unused: __traces__/test_gone/x.json (no test asks for it: delete it)",
        "unused: __traces__/test_it/old.json (no test asks for it: delete it)",
    ]
    assert not [line for line in (*a_part.outlines, *one.outlines) if line.startswith("unused: ")]


def test_the_processes_of_xdist_report_together(suite: Suite) -> None:
    source = checkout("mock", EQUIVALENT) + "\ndef test_other():\n    pass\n"
    first = suite(source, UPDATE, "-n", "2")
    SNAPSHOT.with_name("old.json").write_text("{}", encoding="utf-8")
    second = suite(source, "-n", "2")

    first.assert_outcomes(passed=2)
    first.stdout.fnmatch_lines([f"written: {SNAPSHOT}"])
    second.assert_outcomes(passed=2)
    assert [line for line in second.outlines if line.startswith("unused: ")] == [
        "unused: __traces__/test_it/old.json (no test asks for it: delete it)"
    ]


def reviewed(answer: str) -> str:
    """Run the suite in a terminal, answer its question, and return what it showed."""
    shown, terminal = pty.openpty()
    command = [sys.executable, "-m", "pytest", *PLUGIN, "--trace-snapshots=review", "-p", "no:cacheprovider"]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        os.write(shown, f"{answer}\n".encode())
        found = b""
        try:
            while part := os.read(shown, 65536):
                found += part
        except OSError:  # the terminal's end on Linux
            pass
        finally:
            os.close(shown)
        assert process.wait(60) == 1
    return found.decode()


@pytest.mark.parametrize(("answer", "is_written"), [("y", True), ("n", False), ("q", False)])
def test_a_review_asks_for_each(suite: Suite, answer: str, is_written: bool) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    before = SNAPSHOT.read_text(encoding="utf-8")
    Path("test_it.py").write_text(checkout("shim", EQUIVALENT), encoding="utf-8")

    assert f"Write {SNAPSHOT}? [y/N/q]" in reviewed(answer)
    assert (SNAPSHOT.read_text(encoding="utf-8") != before) is is_written


def test_a_review_without_a_terminal_writes_nothing(suite: Suite) -> None:
    result = suite(checkout("mock", EQUIVALENT), "--trace-snapshots=review")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["There is no terminal to ask at*"])
    assert not SNAPSHOT.exists()


def test_an_accepted_loss_does_not_fail(suite: Suite) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    Path("accepted.toml").write_text(KIND)
    accepting = EQUIVALENT.replace("])", "], accept='accepted.toml')")

    result = suite(checkout("shim", accepting))

    result.assert_outcomes(failed=1)
    lines = failures(result)
    assert any("status ERROR" in line for line in lines)
    assert not any("kind SERVER" in line for line in lines)


def test_the_settings_of_the_repository_hold(suite: Suite) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    Path("accepted.toml").write_text(BOTH)
    Path("pyproject.toml").write_text("[tool.ot2otel]\naccept = 'accepted.toml'\n")

    suite(checkout("shim", EQUIVALENT)).assert_outcomes(passed=1)
    Path("pyproject.toml").write_text("[tool.ot2otel]\naccept = 'accepted.toml'\nfail_on = ['translated']\n")
    stricter = suite(checkout("native", EQUIVALENT))
    stricter.assert_outcomes(failed=1)
    suite(checkout("native", EQUIVALENT.replace("])", "], fail_on=[])"))).assert_outcomes(passed=1)


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_an_entry_that_accepts_nothing_in_all_tests_is_told(suite: Suite, workers: Sequence[str]) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)
    Path("pyproject.toml").write_text("[tool.ot2otel]\naccept = 'accepted.toml'\n")
    Path("accepted.toml").write_text(KIND + STATUS + KIND.replace("kind", "forgotten"))
    told = "accepted.toml: entry 3 (degraded by shim-forgotten-as-attribute) accepts nothing in these tests"

    assert suite(checkout("shim", EQUIVALENT), *workers).outlines.count(told) == 1
    assert told not in suite("", "test_it.py::test_checkout", *workers).outlines


def test_a_word_that_fails_nothing_is_refused(suite: Suite) -> None:
    suite(checkout("legacy", EQUIVALENT), UPDATE)

    result = suite(checkout("legacy", EQUIVALENT.replace("])", "], fail_on='never')")))

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E *'never' is no word of fail_on; it takes different, *"])
