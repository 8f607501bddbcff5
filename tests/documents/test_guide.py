"""What the guide shows beside its claims: the versions it was checked against, and the search for losses."""

from __future__ import annotations

import json
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from tests.support.runs import ROOT

CONCERNS = (ROOT / "docs" / "concerns.md").read_text(encoding="utf-8")
SHIM = (ROOT / "docs" / "paths" / "shim.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(grep .*?)^```", SHIM, re.MULTILINE | re.DOTALL)
LOST_ON_THE_SHIM = (
    "span.set_tag(tags.SPAN_KIND, tags.SPAN_KIND_RPC_CLIENT)",
    "span.set_tag('span.kind', 'client')",
    "span.set_tag(tags.ERROR, True)",
    "span.set_tag('error', True)",
    'span.set_tag("error", True)',
    "span.set_tag(tags.SAMPLING_PRIORITY, 1)",
    "span.set_baggage_item('user', 'ada')",
    "span.get_baggage_item('user')",
    "tracer.start_span('s', references=follows_from(context))",
    "tracer.inject(span.context, Format.BINARY, carrier)",
    "tracer.start_active_span('s', ignore_active_span=True)",
    "tracer.close()",
    "log.info('%x', span.trace_id)",
    "if span.is_sampled():",
)
CARRIED = (
    "span.set_tag('http.method', 'GET')",
    "with tracer.start_active_span('s') as scope:",
    "span.finish()",
)


def checked_against(text: str) -> set[str]:
    [line] = re.findall(r"Checked on 2026-\d\d-\d\d against (.*?)\. Where", text, re.DOTALL)
    return set(re.findall(r"\d+\.\d+\.\d+", line))


def test_the_guide_names_the_installed_versions_and_those_of_the_conventions() -> None:
    conventions = json.loads((ROOT / "docs" / "makers" / "conventions.json").read_text(encoding="utf-8"))
    installed = {metadata.version(name) for name in ("jaeger-client", "opentracing", "opentelemetry-sdk")}

    assert installed | {conventions["version"]} <= checked_against(CONCERNS)


def found_by_the_search(lines: tuple[str, ...], directory: Path) -> list[str]:
    [search] = COMMANDS
    (directory / "service.py").write_text("\n".join(lines))
    done = subprocess.run(["sh", "-c", search], cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [line.split(":", 2)[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("line", LOST_ON_THE_SHIM)
def test_the_search_finds_a_call_that_the_shim_does_not_carry(line: str, tmp_path: Path) -> None:
    assert found_by_the_search((line,), tmp_path) == [line]


def test_the_search_leaves_out_the_calls_that_the_shim_carries(tmp_path: Path) -> None:
    assert found_by_the_search(CARRIED, tmp_path) == []


def test_the_search_leaves_out_a_virtual_environment(tmp_path: Path) -> None:
    for name in (".venv", "venv-3.12"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "other.py").write_text("tracer.close()\n", encoding="utf-8")

    assert found_by_the_search(CARRIED, tmp_path) == []
