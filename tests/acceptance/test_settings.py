"""The settings of a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from ot2otel.acceptance import AcceptanceError, Settings, settings

TABLE = """
[tool.ot2otel]
accept = "traces/accept.toml"
same = ["db-1:5432=db-2:5432", "a=b=c"]
fail_on = ["degraded", "new"]
"""


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    inner = tmp_path / "service" / "tests"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / "service" / "pyproject.toml").write_text("[tool.other]\n[project]\nname = 'a'\n")

    assert settings(inner) == Settings(
        tmp_path / "pyproject.toml",
        tmp_path / "traces" / "accept.toml",
        {"db-1:5432": "db-2:5432", "a": "b=c"},
        ("degraded", "new"),
    )


def test_an_empty_table_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").write_text("[tool.ot2otel]\n")

    assert settings(tmp_path / "inner") == Settings(tmp_path / "inner" / "pyproject.toml")


def test_one_word_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ot2otel]\nfail_on = 'never'\n")

    assert settings(tmp_path).fail_on == ("never",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[tool.ot2otel]\nfailon = 1",
            "[tool.ot2otel] has the unknown key 'failon'. Known: accept, same, fail_on.",
        ),
        ("[tool.ot2otel]\nfail_on = 'lost'", "'lost' is not one of different, gone,"),
        ("[tool.ot2otel]\nfail_on = ['never', 'new']", "'never' stands alone"),
        ("[tool.ot2otel]\nfail_on = 1", "fail_on must be a text or a list of texts"),
        ("[tool.ot2otel]\nsame = ['a']", "'a' is not two addresses like"),
        ("[tool.ot2otel]\nsame = {a = 'b'}", "same must be a text or a list of texts"),
        ("[tool.ot2otel]\naccept = ['a']", "accept must be the path of a file"),
        ("[tool.ot2otel]\naccept = ''", "accept must be the path of a file"),
        ("[tool]\not2otel = 1", "tool.ot2otel must be a table"),
        ("[tool.ot2otel", "is not TOML"),
    ],
)
def test_a_mistake_is_one_line_with_the_file(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(AcceptanceError) as wrong:
        settings(tmp_path)

    assert str(wrong.value).startswith(str(tmp_path / "pyproject.toml"))
    assert problem in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_another_tool_table_that_is_no_table_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool = 1\n")

    assert settings(tmp_path).path is None
