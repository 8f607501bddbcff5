"""Hello under a configuration and under its translation: the recordings agree as promised."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from ot2otel.capture.environment import untraced
from ot2otel.model import Span
from ot2otel.receive.collector import Collector
from ot2otel.settings.environment import from_variables
from ot2otel.settings.given import Given, flat
from ot2otel.settings.translation import Translation, translate
from tests.support.runs import ROOT

Config = Mapping[str, object]
Headers = Mapping[str, str]

SPAN = "00f067aa0ba902b7"
TRACES = [f"{number:032x}" for number in (0xABC, 0xDEF)]


def uber(name: str = "uber-trace-id") -> list[Headers]:
    """Return a request without a parent, one with a sampled parent, and one whose parent is not sampled."""
    return [{}, {name: f"{TRACES[0]}:{SPAN}:0:1"}, {name: f"{TRACES[1]}:{SPAN}:0:0"}]


def b3() -> list[Headers]:
    return [
        {},
        {"X-B3-TraceId": TRACES[0], "X-B3-SpanId": SPAN, "X-B3-Sampled": "1"},
        {"X-B3-TraceId": TRACES[1], "X-B3-SpanId": SPAN, "X-B3-Sampled": "0"},
    ]


@dataclass(frozen=True, slots=True)
class Recorded:
    spans: tuple[Span, ...]
    answers: tuple[str, ...]

    @property
    def parents(self) -> list[tuple[str, str]]:
        """The trace and the parent of each span that continues one, and nothing for each root."""
        return sorted((span.trace_id, span.parent_id) if span.parent_id else ("", "") for span in self.spans)

    @property
    def services(self) -> set[str]:
        return {span.service for span in self.spans}

    def resource(self, *keys: str) -> dict[str, object]:
        return {key: self.spans[0].resource.get(key) for key in keys}


def run(
    library: str, setup: str, variables: Mapping[str, str], requests: Sequence[Headers], service: str
) -> tuple[str, ...]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.settings.service", library, service, setup],
        cwd=ROOT,
        env=untraced() | {"NO_PROXY": "127.0.0.1"} | dict(variables),
        input=json.dumps(list(requests)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return tuple(done.stdout.splitlines())


def at(collector: Collector, translation: Translation) -> dict[str, str]:
    """Return the translated variables, with the collector's free port in place of the documented one."""
    variables = dict(translation.environment)
    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    return variables | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.otlp_endpoint}


def both(
    config: Config, requests: Sequence[Headers], where: Path, service: str = "server-2"
) -> tuple[Recorded, Recorded]:
    """Run hello under jaeger-client's Config and under its translation, at the same time."""
    with Collector() as old, Collector() as new, ThreadPoolExecutor() as threads:
        agent = {"reporting_host": "127.0.0.1", "reporting_port": old.agent_port}
        whole = {"service_name": "greeter", **config, "local_agent": agent}
        (where / "config.json").write_text(json.dumps(whole))
        before = threads.submit(run, "legacy", str(where / "config.json"), {}, requests, service)
        translation = translate(flat(whole, "config"), "config")  # type: ignore[arg-type]  # text keys
        (where / "set_up.py").write_text(translation.code)
        after = run("native", str(where / "set_up.py"), at(new, translation), requests, service)
        answers = before.result()
    return Recorded(old.spans, answers), Recorded(new.spans, after)


CONTINUED = (TRACES[0], SPAN)


@pytest.mark.parametrize(
    ("config", "requests", "parents"),
    [
        pytest.param({"sampler": {"type": "const", "param": 1}}, uber(), [("", ""), CONTINUED], id="on"),
        pytest.param({"sampler": {"type": "const", "param": 0}}, uber(), [CONTINUED], id="off"),
        pytest.param({"sampler": {"type": "const", "param": 1.0}}, uber(), [CONTINUED], id="read as off"),
        pytest.param(
            {"sampler": {"type": "probabilistic", "param": 0}}, uber(), [CONTINUED], id="no trace of its own"
        ),
        pytest.param(
            {"sampler": {"type": "const", "param": True}, "propagation": "b3"},
            b3(),
            [("", ""), CONTINUED],
            id="b3",
        ),
        pytest.param(
            {"sampler": {"type": "const", "param": True}, "propagation": "w3c"},
            uber(),
            [("", ""), CONTINUED],
            id="w3c, which jaeger-client ignores",
        ),
        pytest.param(
            {"sampler": {"type": "const", "param": True}, "trace_id_header": "X_Our_Id"},
            uber("X-Our-Id"),
            [("", ""), CONTINUED],
            id="a header of its own",
        ),
        pytest.param(
            {"sampler": {"type": "const", "param": "yes"}, "enabled": False},
            uber(),
            [CONTINUED],
            id="switches",
        ),
    ],
)
def test_the_same_requests_are_recorded_under_the_same_parents(
    config: Config, requests: Sequence[Headers], parents: list[tuple[str, str]], tmp_path: Path
) -> None:
    old, new = both(config, requests, tmp_path)

    assert (old.parents, new.parents) == (parents, parents)
    assert old.services == new.services == {"greeter"}


def test_tags_keep_their_text_and_their_types(tmp_path: Path) -> None:
    tags = {
        "team": "a, b=ü% c",
        "shard": 7,
        "ratio": 0.5,
        "canary": True,
        "x=y": "z",
        "empty": "",
        " pad ": "p",
    }
    old, new = both({"sampler": {"type": "const", "param": 1}, "tags": tags}, [{}], tmp_path)

    assert old.resource(*tags) == new.resource(*tags) == tags


def test_both_sample_about_a_quarter(tmp_path: Path) -> None:
    config = {"sampler": {"type": "probabilistic", "param": 0.25}, "reporter_queue_size": 1000}

    old, new = both(config, [{}] * 400, tmp_path)

    # 100, and more than 4 standard deviations on either side.
    assert [60 < len(recorded.spans) < 140 for recorded in (old, new)] == [True, True]


def test_baggage_arrives_under_a_prefix_of_its_own(tmp_path: Path) -> None:
    config = {"sampler": {"type": "const", "param": 1}, "baggage_header_prefix": "Our_Bag-"}
    carried = {**uber()[1], "our-bag-greeting": "Bonjour"}

    old, new = both(config, [carried], tmp_path)

    assert old.answers == new.answers == ("Bonjour Bryan!",)


def test_long_values_are_cut_at_the_same_length(tmp_path: Path) -> None:
    config = {"sampler": {"type": "const", "param": 1}, "max_tag_value_length": 20}

    old, new = both(config, [{}], tmp_path, "server-1")

    names = [
        {span.attributes["hello.name"] for span in each.spans if "hello.name" in span.attributes}
        for each in (old, new)
    ]
    assert names == [{"Bryan" * 4}] * 2


def test_the_variables_of_an_environment_give_the_same_recording() -> None:
    own = {"JAEGER_TAGS": "team=a b,zone=1", "JAEGER_SAMPLER_TYPE": "const", "JAEGER_SAMPLER_PARAM": "0"}
    with Collector() as collector:
        variables = {
            **own,
            "JAEGER_AGENT_HOST": "127.0.0.1",
            "JAEGER_AGENT_PORT": str(collector.agent_port),
        }
        run("legacy", "-", variables, uber(), "server-2")
        old = Recorded(collector.spans, ())
    given: Given = from_variables(variables, "environment")
    with Collector() as collector:
        run("native", "-", at(collector, translate(given, "environment")), uber(), "server-2")
        new = Recorded(collector.spans, ())

    assert old.parents == new.parents == [CONTINUED]
    assert old.resource("team", "zone") == new.resource("team", "zone") == {"team": "a b", "zone": "1"}
