"""The option `--html`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs.makers.blocks import recording
from ot2otel.cli import main
from tests.golden import RECORDINGS
from tests.golden import fleet as golden_fleet
from tests.support.overheads import overhead

FILES = [str(RECORDINGS / f"hello-{name}.json") for name in ("legacy-jaeger", "shim-otlp")]


def test_diff_writes_a_page_beside_its_report(tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    result = CliRunner().invoke(main, ["diff", *FILES, "--html", str(page)])

    assert result.exit_code == 0
    assert "3 of 4 errors and 8 of 8 kinds are lost" in result.stdout
    assert result.stderr.startswith(f"Wrote {page}, ")
    assert "hello-shim-otlp.json" in page.read_text(encoding="utf-8")


def test_the_page_does_not_change_the_exit_code_nor_the_output(tmp_path: Path) -> None:
    asked = ["diff", *FILES, "--strict", "--format", "json"]

    with_page = CliRunner().invoke(main, [*asked, "--html", str(tmp_path / "page.html")])
    without = CliRunner().invoke(main, asked)

    assert with_page.exit_code == without.exit_code == 1
    assert with_page.stdout.partition('"seconds"')[0] == without.stdout.partition('"seconds"')[0]


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        pytest.param("absent/page.html", "its directory does not exist", id="no such directory"),
        pytest.param(".", "is a directory", id="a directory"),
    ],
)
def test_a_place_that_can_t_be_written_is_refused_first(target: str, problem: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["diff", *FILES, "--html", str(tmp_path / target)])

    assert result.exit_code == 2
    assert problem in result.stderr
    assert result.stdout == ""


def test_a_page_that_can_t_be_written_leaves_the_former_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text("the former page", encoding="utf-8")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = CliRunner().invoke(main, ["diff", *FILES, "--html", str(page)])

    assert result.exit_code == 2
    assert result.stderr == f"Error: {page} can't be written: No space left on device.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert page.read_text(encoding="utf-8") == "the former page"


def test_a_missing_extra_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)

    result = CliRunner().invoke(main, ["diff", *FILES, "--html", str(tmp_path / "page.html")])

    assert result.exit_code == 2
    assert "pip install 'ot2otel[html]'" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_nothing_to_compare_writes_no_page(tmp_path: Path) -> None:
    empty, page = tmp_path / "empty.json", tmp_path / "page.html"
    empty.write_text('{"resourceSpans": []}', encoding="utf-8")

    result = CliRunner().invoke(main, ["diff", FILES[0], str(empty), "--html", str(page)])

    assert result.exit_code == 2
    assert "The after has no span" in result.stderr
    assert not page.exists()


def test_compare_writes_a_page_with_a_tab_for_each_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = [recording(f"hello-{name}") for name in ("legacy-jaeger", "shim-otlp", "native-otlp")]
    monkeypatch.setattr("ot2otel.cli.compare._recorded", lambda *_: recordings)
    page = tmp_path / "page.html"

    result = CliRunner().invoke(main, ["compare", "--html", str(page)])

    assert result.exit_code == 0
    content = page.read_text(encoding="utf-8")
    assert ('"label":"legacy → shim/otlp"' in content, '"label":"legacy → native/otlp"' in content) == (
        True,
        True,
    )


def test_a_single_variant_has_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ot2otel.cli.compare._recorded", lambda *_: [recording("hello-legacy-jaeger")])

    result = CliRunner().invoke(
        main, ["compare", "--variants", "legacy", "--html", str(tmp_path / "page.html")]
    )

    assert result.exit_code == 2
    assert "--html needs a comparison" in result.stderr


def test_fleet_writes_its_recommendation_and_its_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jaeger_client")
    cells = golden_fleet.cells("pinned")
    monkeypatch.setattr("ot2otel.cli.fleet.check_runnable", lambda *_: None)
    monkeypatch.setattr("ot2otel.lab.fleet.measure.measure", lambda *_: cells)
    page = tmp_path / "page.html"

    result = CliRunner().invoke(main, ["fleet", "--html", str(page)])

    assert result.exit_code == 0
    content = page.read_text(encoding="utf-8")
    assert content.count("<td class=") - content.count('<td class="mono"') == len(cells)
    assert "OTEL_PROPAGATORS=tracecontext,baggage,jaeger" in content


def test_overhead_writes_its_plots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("ot2otel.lab.overhead.measure.measure", lambda *_: overhead())
    monkeypatch.setattr("ot2otel.cli.overhead.check_installed", lambda: None)
    page = tmp_path / "page.html"

    result = CliRunner().invoke(main, ["overhead", "--html", str(page)])

    assert result.exit_code == 0
    assert "native over otlp" in result.stdout
    assert page.read_text(encoding="utf-8").count("data:image/svg+xml;base64,") == 3
