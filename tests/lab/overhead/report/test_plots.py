from __future__ import annotations

import re

from ot2otel.lab.overhead.ladder import Shape
from tests.support.overheads import overhead
from tests.support.peers import module


def test_the_same_figures_draw_the_same_text_whatever_the_users_settings() -> None:
    matplotlib = module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.plots import forest, parts

    result = overhead()
    drawn = forest(result, Shape.IN_PROCESS), parts(result)

    users = {"font.size": 20, "font.family": "serif", "figure.facecolor": "red", "svg.hashsalt": "users"}
    with matplotlib.rc_context(users):
        assert (forest(result, Shape.IN_PROCESS), parts(result)) == drawn


def test_the_texts_of_a_drawing_are_texts() -> None:
    module("matplotlib", "ot2otel[bench]")
    from ot2otel.lab.overhead.report.plots import forest

    texts = re.findall(r"<text [^>]*>([^<]*)</text>", forest(overhead(), Shape.TWO_PROCESS))

    assert [text for text in texts if not text.isdigit()] == [
        "native, exported over otlp",
        "1.60, 295 ± 25 us",
        "added to an untraced request of 1591 us, 1502 to 1733 by process, us of wall time",
        "untraced against itself",
    ]
