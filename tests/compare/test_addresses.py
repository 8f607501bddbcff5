from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from ot2otel.compare.addresses import Address, What, given, is_other_copy, rewritten
from ot2otel.compare.facts import Place
from ot2otel.compare.findings import ADDRESS, Finding, LedgerRow
from ot2otel.compare.judgement import Grade
from ot2otel.compare.rules.rule import Effect, Renamed, Rule, attribute
from ot2otel.compare.rules.steps import Step
from ot2otel.compare.verdict import Known, judge
from ot2otel.model import AttributeValue, Span
from ot2otel.recording import Recording
from tests.support.judging import Told, told
from tests.support.trees import branch, forest

NAME: Place = ("name",)
NOTE: Place = ("attributes", "note")
HERE = {Address(What.HOST, "10.0.0.1"): Address(What.HOST, "10.9.9.9")}
PORTS = {Address(What.PORT, "8080"): Address(What.PORT, "9090")}
ROW = HERE | PORTS


@pytest.mark.parametrize(
    ("said", "addresses"),
    [
        pytest.param({"a": "b"}, {Address(What.HOST, "a"): Address(What.HOST, "b")}, id="a host"),
        pytest.param(
            {"a:80": "b:81"},
            {
                Address(What.HOST, "a"): Address(What.HOST, "b"),
                Address(What.PORT, "80"): Address(What.PORT, "81"),
            },
            id="a host and its port",
        ),
        pytest.param({"a:80": "a:81"}, {Address(What.PORT, "80"): Address(What.PORT, "81")}, id="a port"),
        pytest.param({"a:80": "b:80"}, {Address(What.HOST, "a"): Address(What.HOST, "b")}, id="its host"),
        pytest.param({"a": "a"}, {}, id="the same"),
        pytest.param({"a:b": "c"}, {Address(What.HOST, "a:b"): Address(What.HOST, "c")}, id="no port"),
        pytest.param(
            {"[::1]:80": "[::2]:80"},
            {Address(What.HOST, "[::1]"): Address(What.HOST, "[::2]")},
            id="an IPv6 address and its port",
        ),
        pytest.param(
            {"a": "b", "c": "d"},
            {
                Address(What.HOST, "a"): Address(What.HOST, "b"),
                Address(What.HOST, "c"): Address(What.HOST, "d"),
            },
            id="two hosts",
        ),
        pytest.param(
            {"a:80": "b"}, {Address(What.HOST, "a"): Address(What.HOST, "b")}, id="a port on one side alone"
        ),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_an_address_that_the_user_names_is_a_host_and_a_port(
    said: dict[str, str], addresses: dict[Address, Address]
) -> None:
    assert given(said) == addresses


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        pytest.param(NOTE, "http://10.0.0.1:8080/a", "http://10.9.9.9:9090/a", id="a URL"),
        pytest.param(NOTE, "http://10.0.0.1/a", "http://10.9.9.9/a", id="a URL without a port"),
        pytest.param(NOTE, "redis://me:pw@10.0.0.1:8080", "redis://me:pw@10.9.9.9:9090", id="a URL's user"),
        pytest.param(NOTE, "to 10.0.0.1:8080 now", "to 10.9.9.9:9090 now", id="a host with a port in a text"),
        pytest.param(NOTE, "to 10.0.0.1, now", "to 10.9.9.9, now", id="an IPv4 address in a text"),
        pytest.param(NOTE, "from 10.0.0.1 to 10.0.0.1", "from 10.9.9.9 to 10.9.9.9", id="twice in a text"),
        pytest.param(NOTE, "localhost:8080", "localhost:9090", id="localhost"),
        pytest.param(NOTE, "db-1.internal:8080", "db-1.internal:9090", id="a host's name"),
        pytest.param(NAME, "GET 10.0.0.1:8080", "GET 10.9.9.9:9090", id="a span's name"),
        pytest.param(
            ("status", "message"), "no route to 10.0.0.1", "no route to 10.9.9.9", id="a status message"
        ),
        pytest.param(("event", 0, "attributes", "note"), "10.0.0.1", "10.9.9.9", id="an event"),
        pytest.param(("link", 0, "attributes", "note"), "10.0.0.1", "10.9.9.9", id="a link"),
        pytest.param(("attributes", "server.port"), 8080, 9090, id="a port as a number"),
        pytest.param(("attributes", "server.port"), "8080", "9090", id="a port as a text"),
        pytest.param(("attributes", "port"), 8080, 9090, id="a key that is a port"),
        pytest.param(("attributes", "server.address"), "10.0.0.1", "10.9.9.9", id="a key that is a host"),
        pytest.param(("attributes", "peer.ipv4"), "10.0.0.1", "10.9.9.9", id="a key that is an IPv4 address"),
        pytest.param(("resource", "host.name"), "10.0.0.1", "10.9.9.9", id="the resource's host"),
    ],
)
def test_an_address_is_rewritten_where_it_stands(
    place: Place, old: AttributeValue, new: AttributeValue
) -> None:
    written, olds = rewritten(place, old, ROW)

    assert (written, type(written)) == (new, type(new))
    assert set(olds) <= set(ROW)
    assert olds


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(NOTE, "http://10.0.0.2:8081/a", id="another address"),
        pytest.param(NOTE, "http://10.0.0.11/a", id="a longer address"),
        pytest.param(NOTE, "v10.0.0.1", id="a version"),
        pytest.param(NOTE, "10.0.0.1.2", id="more than four numbers"),
        pytest.param(NOTE, "8080", id="a number in a text"),
        pytest.param(NOTE, "/items/8080", id="a number in a path"),
        pytest.param(NOTE, 8080, id="a number"),
        pytest.param(("attributes", "server.port"), True, id="a truth value"),
        pytest.param(("attributes", "server.port"), 8080.0, id="a number that is no port"),
        pytest.param(("attributes", "airport"), 8080, id="another key"),
        pytest.param(("resource", "host.name"), "8080", id="a host like a port"),
        pytest.param(("attributes", "server.port"), "10.0.0.1", id="a port like a host"),
        pytest.param(("attributes", "server.address"), "10.0.0.1 or not", id="no host"),
        pytest.param(("trace_state",), "10.0.0.1:8080", id="a place that has no addresses"),
        pytest.param(NOTE, "", id="an empty text"),
    ],
)
def test_what_is_no_such_address_stays(place: Place, value: AttributeValue) -> None:
    if place[-1] == "server.address":
        assert rewritten(place, value, PORTS) == (value, ())
    else:
        assert rewritten(place, value, ROW) == (value, ())


@pytest.mark.parametrize(
    ("place", "old"),
    [
        pytest.param(("attributes", "server.address"), "db", id="an attribute"),
        pytest.param(("attributes", "net.peer.host"), "db", id="the last word of a key"),
        pytest.param(("resource", "host.id"), "db", id="the resource's host"),
    ],
)
def test_a_name_is_a_host_where_the_key_says_so(place: Place, old: str) -> None:
    db = Address(What.HOST, "db")

    assert rewritten(place, old, {db: Address(What.HOST, "store")}) == ("store", (db,))
    assert rewritten(NOTE, old, {db: Address(What.HOST, "store")}) == ("db", ())


def test_an_identity_with_spaces_is_one_host() -> None:
    """A host's identifier has any form in the resource, and in no other place."""
    host = Address(What.HOST, "rack 7")
    other = {host: Address(What.HOST, "rack 8")}

    assert rewritten(("resource", "host.id"), "rack 7", other) == ("rack 8", (host,))
    assert rewritten(("attributes", "host.id"), "rack 7", other) == ("rack 7", ())


COPY: Place = ("resource", "service.instance.id")
COPIES = {Address(What.COPY, "a", "service.instance.id"): Address(What.COPY, "b", "service.instance.id")}


@pytest.mark.parametrize(
    ("place", "old", "new", "is_one"),
    [
        pytest.param(COPY, "a", "b", True, id="the copy that is known"),
        pytest.param(COPY, "a", "c", True, id="a third copy"),
        pytest.param(COPY, "z", "b", False, id="a copy that is not known"),
        pytest.param(COPY, "a", 7, False, id="another type"),
        pytest.param(("resource", "process.pid"), "a", "b", False, id="another identity"),
        pytest.param(("attributes", "service.instance.id"), "a", "b", False, id="an attribute of the span"),
        pytest.param(("resource", "host.name"), "a", "b", False, id="a host"),
        pytest.param(NOTE, "nothing", "10.0.0.1", False, id="no address in the old value"),
        pytest.param(NOTE, "10.0.0.1", "nothing", False, id="no address in the new value"),
    ],
)
def test_copies_of_a_service_share_its_traffic_in_any_way(
    place: Place, old: AttributeValue, new: AttributeValue, is_one: bool
) -> None:
    assert is_other_copy(place, old, new, COPIES) is is_one


def test_a_copy_is_rewritten_as_a_whole() -> None:
    assert rewritten(COPY, "a", COPIES) == ("b", tuple(COPIES))
    assert rewritten(("resource", "process.pid"), "a", COPIES) == ("a", ())


def requests(*addresses: str, **resource: str) -> tuple[Span, ...]:
    """Record a request to each of these addresses, in a process of this resource."""
    return forest(
        *(
            branch(
                f"request {number}",
                resource={"service.name": "web", **resource},
                attributes={"http.url": f"http://{address}/"},
            )
            for number, address in enumerate(addresses)
        )
    )


def other_addresses(
    before: Iterable[Span], after: Iterable[Span], said: dict[str, str] | None = None
) -> Sequence[Told]:
    verdict = judge(Recording(tuple(before)), Recording(tuple(after)), Known(same=said or {}))
    return sorted(told(verdict))


URL = "attributes.http.url"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            requests("a:81", "a:82"),
            requests("b:81", "b:82"),
            [Told("noise", "address", "a", "b", 2)],
            id="one host became one other",
        ),
        pytest.param(
            requests("a:81", "a:82"),
            requests("a:91", "a:92"),
            [Told("noise", "address", "81", "91"), Told("noise", "address", "82", "92")],
            id="each port became one other",
        ),
        pytest.param(
            requests("a", "a"),
            requests("b", "c"),
            [
                Told("changed", URL, '"http://a/"', '"http://b/", "http://c/"', 2),
            ],
            id="one host became two",
        ),
        pytest.param(
            requests("a", "b"),
            requests("c", "c"),
            [
                Told("changed", URL, '"http://a/", "http://b/"', '"http://c/"', 2),
            ],
            id="two hosts became one",
        ),
        pytest.param(
            requests("a", "a"),
            requests("a", "b"),
            [Told("changed", URL, '"http://a/"', '"http://b/"')],
            id="the old host is left in the after",
        ),
        pytest.param(
            requests("a", "b"),
            requests("b", "b"),
            [Told("changed", URL, '"http://a/"', '"http://b/"')],
            id="the before had the new host",
        ),
        pytest.param(
            requests("a", **{"host.name": "a"}),
            requests("b", **{"host.name": "a"}),
            [Told("changed", URL, '"http://a/"', '"http://b/"')],
            id="the old host is left in a resource of the after",
        ),
        pytest.param(
            requests("a/x"),
            requests("b/y"),
            [Told("changed", URL, '"http://a/x/"', '"http://b/y/"')],
            id="the rest differs",
        ),
        pytest.param(
            requests("a"), requests("b"), [Told("noise", "address", "a", "b")], id="a single request"
        ),
    ],
)
def test_another_address_is_noise_if_it_is_the_same_everywhere(
    before: tuple[Span, ...], after: tuple[Span, ...], expected: list[Told]
) -> None:
    assert other_addresses(before, after) == expected


def test_an_old_host_that_is_left_in_the_after_is_found_among_many() -> None:
    # Three requests to each: the hosts don't vary without end.
    olds = [f"a{number}" for number in range(20) for _ in range(3)]
    news = [f"b{number}" for number in range(20) for _ in range(3)]
    before, after = requests(*olds, "c"), requests(*news, "a7")

    found = other_addresses(before, after)

    assert [one for one in found if one.grade == "noise"] == sorted(
        Told("noise", "address", f"a{number}", f"b{number}", 3) for number in range(20) if number != 7
    )
    assert [one.n for one in found if one.grade == "changed"] == [4]


def test_another_address_is_one_finding_of_all_services() -> None:
    before, after = requests("a:81", "a:82"), requests("b:81", "b:82")

    (found,) = judge(Recording(before), Recording(after)).findings

    assert found == Finding(Grade.NOISE, "", (), "address", "address", "a", "b", 2, 2, (ADDRESS,))


@pytest.mark.parametrize("key", ["service.instance.id", "process.pid", "container.id", "k8s.pod.name"])
def test_another_copy_of_a_service_is_noise(key: str) -> None:
    before, after = (requests("a", "a", **{key: identity}) for identity in ("one", "two"))

    assert other_addresses(before, after) == [Told("noise", "address", "one", "two", 2)]


def test_copies_that_share_the_traffic_in_another_way_are_noise() -> None:
    def copies(*names: str) -> list[Span]:
        return [
            replace(span, resource={"service.name": "web", "service.instance.id": name})
            for span, name in zip(requests(*["a"] * 4), names, strict=True)
        ]

    found = other_addresses(copies("one", "one", "two", "two"), copies("three", "four", "three", "four"))

    assert [(one.grade, one.old, one.n) for one in found] == [("noise", "one", 2), ("noise", "two", 2)]


def test_facts_with_another_address_count_in_the_ledger() -> None:
    before, after = requests("a/1", "a/2", "a/3"), requests("b/1", "b/2", "b/3")

    found = judge(Recording(before), Recording(after), Known(same={"a": "b"}))

    assert LedgerRow("attributes", 3, 3) in found.ledger


@pytest.mark.parametrize(
    ("same", "grade"),
    [
        pytest.param({"a": "b"}, Grade.KEPT, id="as the user said"),
        pytest.param({}, Grade.NOISE, id="as it is everywhere"),
    ],
)
def test_a_fact_with_another_address_is_kept_or_noise(same: dict[str, str], grade: Grade) -> None:
    before, after = requests("a/1", "a/2", "a/3"), requests("b/1", "b/2", "b/3")

    found = judge(Recording(before), Recording(after), Known(same=same))

    assert {one.grade for each in found.judged for one in each.settled if ADDRESS in one.rules} == {grade}


def test_a_fact_with_another_address_that_a_rule_moved_has_the_grade_of_the_rule() -> None:
    rule = Rule("it", Effect.TRANSLATED, "", "", (Renamed(attribute("old"), attribute("new")),))
    before = forest(branch("GET", attributes={"old": "http://a/1"}))
    after = forest(branch("GET", attributes={"new": "http://b/1"}))

    known = Known(same={"a": "b"}, step_for=lambda old, new: Step((), (rule,)))
    (found,) = judge(Recording(before), Recording(after), known).findings

    assert (found.grade, found.old_field, found.rules) == (
        Grade.TRANSLATED,
        "attributes.old",
        (rule, ADDRESS),
    )


def ports(*numbers: AttributeValue) -> tuple[Span, ...]:
    """Record a request to each of these ports."""
    return forest(*(branch(f"request {i}", attributes={"server.port": n}) for i, n in enumerate(numbers)))


PORT = "attributes.server.port"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            ports(81, 82),
            ports(91, 92),
            [Told("noise", "address", "81", "91"), Told("noise", "address", "82", "92")],
            id="each became one other",
        ),
        pytest.param(
            ports(81, 81), ports(81, 91), [Told("changed", PORT, "81", "91")], id="the old one is left"
        ),
        pytest.param(
            ports(81, 91), ports(91, 91), [Told("changed", PORT, "81", "91")], id="the before had the new one"
        ),
        pytest.param(ports(81), ports("91"), [Told("changed", PORT, "81", '"91"')], id="another type"),
        pytest.param(
            ports("81"), ports(91), [Told("changed", PORT, '"81"', "91")], id="another type, a number"
        ),
    ],
)
def test_another_port_is_noise_if_it_is_the_same_everywhere(
    before: tuple[Span, ...], after: tuple[Span, ...], expected: list[Told]
) -> None:
    assert other_addresses(before, after) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("10.0.0.1", "nothing", id="an address became none"),
        pytest.param("nothing", "10.0.0.1", id="a text became an address"),
        pytest.param("10.0.0.1 10.0.0.2", "10.0.0.3", id="two became one"),
        pytest.param("10.0.0.1", "10.0.0.2 10.0.0.3", id="one became two"),
    ],
)
def test_texts_with_other_numbers_of_addresses_differ(old: str, new: str) -> None:
    before, after = (forest(branch("one", attributes={"note": note})) for note in (old, new))

    assert [(one.grade, one.field) for one in other_addresses(before, after)] == [
        ("changed", "attributes.note")
    ]


def test_an_address_that_the_user_names_is_kept() -> None:
    assert other_addresses(requests("a:81"), requests("b:91"), {"a:81": "b:91"}) == []


def test_an_address_is_kept_only_if_the_user_names_all_of_it() -> None:
    found = other_addresses(requests("a:81"), requests("b:91"), {"a": "b"})

    assert found == [Told("noise", "address", "81", "91")]


@pytest.mark.parametrize("numbers", [(8080, 8080.0), (8080.0, 8080)], ids=["int first", "float first"])
def test_numbers_that_are_equal_and_of_two_types_are_judged_by_themselves(
    numbers: Sequence[float],
) -> None:
    """A port is an integer; a number with a fraction is no address."""
    before, after = (
        forest(*(branch(str(type(n)), attributes={"server.port": n * factor}) for n in numbers))
        for factor in (1, 2)
    )

    assert other_addresses(before, after) == [
        Told("changed", "attributes.server.port", "8080.0", "16160.0"),
        Told("noise", "address", "8080", "16160"),
    ]
