"""The two rings of tests: what `make test` runs, and what `make peers` does."""

from __future__ import annotations

import re

import pytest

from tests.support import peers
from tests.support.runs import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SKIPPED, FAILED = pytest.skip.Exception, pytest.fail.Exception


def asked_for(kind: str) -> None:
    if kind == "program":
        peers.program("no_such_peer")
    else:
        peers.module("no_such_peer", "ot2otel[peer]")


@pytest.mark.parametrize("kind", ["program", "module"])
def test_a_test_whose_peer_is_missing_is_skipped(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(SKIPPED, match=r"^no_such_peer is not installed"):
        asked_for(kind)


@pytest.mark.parametrize("kind", ["program", "module"])
def test_in_ci_a_test_whose_peer_is_missing_fails(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")

    with pytest.raises(FAILED, match=r"^no_such_peer is not installed.*, and CI is set$"):
        asked_for(kind)


def test_every_peer_that_a_test_needs_has_its_target() -> None:
    needed = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"\bpeer\((?:name=)?\"([\w-]+)\"\)", path.read_text(encoding="utf-8"))
    }
    [line] = re.findall(r"^PEERS := (.*)$", MAKEFILE, re.MULTILINE)

    assert needed >= {"redis", "prometheus", "jaeger"}
    assert needed <= set(line.split())


def test_every_peer_has_its_row_in_the_table_of_targets() -> None:
    [line] = re.findall(r"^PEERS := (.*)$", MAKEFILE, re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `peers-([\w-]+)` \|", contributing, re.MULTILINE) == line.split()
    assert set(re.findall(r"^peers-([\w-]+):", MAKEFILE, re.MULTILINE)) >= set(line.split())


def test_every_peer_is_named_in_its_mark(request: pytest.FixtureRequest) -> None:
    """A mark like `peer("redis")` would not be found by `-m "peer(name='redis')"`."""
    marks = [mark for item in request.session.items for mark in item.iter_markers("peer")]

    assert [mark for mark in marks if mark.args or set(mark.kwargs) != {"name"}] == []


def test_ci_installs_the_peers_of_the_first_ring() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "\nexport CI=1\n" in run
    assert "\n.ci/debian redis-server prometheus\n" in run
