"""A large message of OTLP in pieces has the same spans, in their order."""

from __future__ import annotations

import pytest

from ot2otel.errors import WireError
from ot2otel.model import Span
from ot2otel.wire.otlp_protobuf import decode_protobuf
from ot2otel.wire.otlp_protobuf_pieces import PIECE, pieces
from tests.support.otlp_requests import request


def spans_of(body: bytes) -> list[Span]:
    return [span for piece in pieces(body) for span in decode_protobuf(piece).spans]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(request(1, 1, 2, 1), id="small"),
        pytest.param(request(3000, 1, 1, 400), id="many resources"),
        pytest.param(request(1, 3000, 1, 400), id="many scopes"),
        pytest.param(request(1, 1, 3000, 400), id="many spans"),
        pytest.param(request(2, 2, 2, PIECE // 3), id="large spans"),
        pytest.param(request(1, 2, 1, 2 * PIECE), id="a span larger than a piece"),
        pytest.param(request(1, 1, 20, 1, PIECE), id="a resource larger than a piece"),
    ],
)
def test_the_pieces_have_the_spans_of_the_whole(body: bytes) -> None:
    assert spans_of(body) == list(decode_protobuf(body).spans)


def test_a_piece_has_some_hundred_kilobytes() -> None:
    sizes = [len(piece) for piece in pieces(request(1, 1, 5000, 400))]

    assert len(sizes) > 3
    assert max(sizes) < 1.01 * PIECE


def test_what_is_repeated_is_not_repeated_without_end() -> None:
    body = request(1, 20_000, 1, 1, PIECE // 2)

    assert sum(len(piece) for piece in pieces(body)) < 1.5 * len(body)


def test_nothing_has_no_piece() -> None:
    assert list(pieces(b"")) == []


@pytest.mark.parametrize("cut", [1, 100, PIECE, 2 * PIECE])
def test_a_cut_message_is_an_error(cut: int) -> None:
    with pytest.raises(WireError, match="are not OTLP traces in protobuf"):
        spans_of(request(1, 1, 5000, 400)[:-cut])
