"""Times of now are masked in answers; times of long ago are data."""

from __future__ import annotations

import pytest

from ot2otel.capture.times import without_times

NOW = 1795291200.0  # 2026-11-21T20:00:00Z


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"at": "2026-11-21T20:00:00.123456Z"}', '{"at": "<time>"}'),
        ("2026-11-21 21:00:00+01:00 done", "<time> done"),
        ("2026-11-21T20:00", "<time>"),
        ("until 2030-01-01T00:00:00Z", "until <time>"),
        ("Sat, 21 Nov 2026 20:00:00 GMT", "<time>"),
        ("It is Sat Nov 21 20:00:00 2026.", "It is <time>."),
        ('{"s": 1795291200, "ms": 1795291200123}', '{"s": <time>, "ms": <time>}'),
        ("1795291200.5", "<time>"),
    ],
)
def test_a_time_of_now_or_later_is_masked(text: str, masked: str) -> None:
    assert without_times(text, NOW) == masked


@pytest.mark.parametrize(
    "text",
    [
        "created 2020-01-01T00:00:00Z",
        "Wed, 01 Jan 2020 00:00:00 GMT",
        "2026-11-21",
        "order 1234567890",
        "1577836800",
        "v1.1795291200.3",
        "2026-13-45T99:99:99Z",
        "Sat Foo 21 20:00:00 2026",
        "",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert without_times(text, NOW) == text
