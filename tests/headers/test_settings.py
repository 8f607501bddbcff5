"""The table of settings and the choice from it."""

from __future__ import annotations

import pytest

from ot2otel.headers.settings import SETTINGS, UnknownSettingError, chosen, default


def labels(*names: str) -> list[str]:
    return [setting.label for setting in chosen(names)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("legacy", ["legacy/jaeger", "legacy/jaeger-128", "legacy/b3"]),
        ("b3", ["legacy/b3", "native/b3", "shim/b3"]),
        ("tracecontext,baggage", ["native/w3c", "shim/w3c"]),
        ("native/composite", ["native/composite"]),
        ("shim/tracecontext,baggage,jaeger", ["shim/composite"]),
    ],
)
def test_a_setting_is_chosen_by_variant_propagation_or_both(name: str, found: list[str]) -> None:
    assert labels(name) == found


def test_several_names_choose_each_setting_once_in_the_order_of_the_table() -> None:
    assert labels("native/w3c", "legacy/b3", "b3") == ["legacy/b3", "native/w3c", "native/b3", "shim/b3"]


def test_no_name_chooses_every_setting() -> None:
    assert chosen([]) == SETTINGS


def test_an_unknown_name_is_answered_with_the_settings() -> None:
    with pytest.raises(UnknownSettingError) as raised:
        chosen(["w4c"], SETTINGS[2:4])

    assert str(raised.value) == (
        "'w4c' is not a propagation setting. Give a variant, a propagation, or one of legacy/b3, native/w3c."
    )


def test_a_setting_is_written_as_assignments() -> None:
    assert (
        chosen(["legacy/jaeger-128"])[0].assignments == "JAEGER_PROPAGATION=jaeger JAEGER_TRACEID_128BIT=true"
    )
    assert default("shim").assignments == "OTEL_PROPAGATORS=tracecontext,baggage"
