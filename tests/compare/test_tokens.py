from __future__ import annotations

from collections import Counter

import pytest

from ot2otel.compare.tokens import structure, templates, tokens


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", [""], id="nothing"),
        pytest.param("read", ["read"], id="one token"),
        pytest.param("/a/b?c=1", ["", "/", "a", "/", "b", "?", "c", "=", "1"], id="a path and a query"),
        pytest.param("a :: b", ["a", " :: ", "b"], id="several separators together"),
        pytest.param("a-", ["a", "-", ""], id="a separator at the end"),
        pytest.param("é", ["", "é", ""], id="a letter outside ASCII separates"),
    ],
)
def test_a_text_is_split_at_its_separators(text: str, parts: list[str]) -> None:
    assert tokens(text) == parts
    assert "".join(parts) == text


def test_the_separators_alone_are_the_structure() -> None:
    assert structure(tokens("/a/b?c=1")) == ("/", "/", "?", "=")
    assert structure(tokens("/x/y?z=2")) == structure(tokens("/a/b?c=1"))


def items(*names: object) -> Counter[str]:
    return Counter(f"/items/{name}" for name in names)


@pytest.mark.parametrize(
    ("values", "written"),
    [
        pytest.param(items(1, 2, 3), items(1, 2, 3), id="three values"),
        pytest.param(items(1, 2, 3, 4), {"/items/#": 4}, id="more than three"),
        pytest.param(items(1, 1, 2, 2, 3, 4), {"/items/#": 6}, id="as often as they are there"),
        pytest.param(
            items(1, 2, 3, 4) + Counter(["/users/1/2"]),
            {"/items/#": 4, "/users/1/2": 1},
            id="a text of another structure",
        ),
        pytest.param(
            Counter(f"{method} /{number}" for method in ("GET", "PUT") for number in range(4)),
            {"GET /#": 4, "PUT /#": 4},
            id="a token that varies beside one that does not",
        ),
        pytest.param(Counter(), {}, id="nothing"),
    ],
)
def test_a_token_that_varies_is_written_as_varying(values: Counter[str], written: dict[str, int]) -> None:
    assert templates(values) == written
