from __future__ import annotations

from ot2otel.compare.rules.rule import Effect, Rule, dropping, for_events, renamed, without
from ot2otel.model import Event
from tests.compare.rules.tables import rewritten, span


def test_a_rule_without_functions_leaves_both_spans_as_they_are() -> None:
    rule = Rule("name", Effect.ADDED, "summary", "https://source")
    one = span({"attributes": {"k": 1}})

    assert (rule.rewrite_old(one), rule.rewrite_new(one)) == (one, one)


def test_effects_are_ordered_from_the_mildest_to_the_gravest() -> None:
    graver = [[one.outweighs(other) for other in Effect] for one in Effect]

    assert graver == [[column < row for column in range(4)] for row in range(4)]


def test_without_drops_exact_keys_only() -> None:
    assert without({"a": 1, "a.b": 2, "c": 3}, "a", "d") == {"a.b": 2, "c": 3}


def test_renamed_keeps_the_value_and_the_place() -> None:
    assert list(renamed({"a": 1, "b": 2, "c": 3}, "b", "d").items()) == [("a", 1), ("d", 2), ("c", 3)]


def test_renamed_leaves_alone_a_key_whose_new_name_is_taken() -> None:
    assert renamed({"a": 1, "b": 2}, "a", "b") == {"a": 1, "b": 2}


def test_dropping_takes_exact_keys_and_all_keys_of_a_namespace() -> None:
    drop = dropping("ip", "os.", of="resource")
    resource = {"ip": 1, "ip_zone": 2, "ips": 3, "os": 4, "os.type": 5, "osx": 6}

    assert rewritten(drop, {"resource": resource, "attributes": {"ip": 1}}) == span(
        {"resource": {"ip_zone": 2, "ips": 3, "os": 4, "osx": 6}, "attributes": {"ip": 1}}
    )


def test_each_event_is_rewritten_by_itself() -> None:
    named = for_events(lambda event: Event(event.name.upper()))

    assert rewritten(named, {"events": (Event("a"), Event("b"))}) == span(
        {"events": (Event("A"), Event("B"))}
    )
