"""The plan of a soak: calibrate, then let clients send while receivers are restarted, frozen and absent."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.soak.account import ABSENT, Client, Fate, fates
from benchmarks.soak.children import (
    RunningReceiver,
    Subject,
    absent_ports,
    clients,
    journals,
    receiver,
)
from benchmarks.soak.journal import Journal, read_arrivals
from benchmarks.soak.memory import MOST_GROWTH, Memory, memory, warm_at
from ot2otel.capture import guard
from ot2otel.lab.catalog import EXPORTERS

# Each variant over its usual exporter, and native code over the thrift exporter as well.
SENDERS = (("legacy", "jaeger"), ("native", "otlp"), ("shim", "otlp"), ("native", "jaeger"))
# Each exporter once.
_EXPORTERS = (("legacy", "jaeger"), ("native", "otlp"), ("native", "jaeger"))
_LEAST_PACE = 0.9  # of the asked rate
_RSS_PERIOD = 1.0  # seconds
_TURN = 0.1

Json = dict[str, Any]  # Any: JSON
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a soak does, in seconds and spans.

    Attributes:
        seconds: how long the clients send.
        rates: of each client of the calibration, one step after the other, in spans a second.
        step: how long a step takes.
        restarts: of the receiver, in the first three eighths of the time; its last life is the longest.
        down: from the end of a life to the start of the next one.
        frozen: how long the slow receiver does nothing, again and again.
        awake: how long it works between.
        side_rate: the most spans a second of a client whose receiver is slow or absent.
        max_spans: that a receiver keeps. When it is full its memory has to stay flat.
    """

    seconds: float
    rates: Sequence[float] = (125, 250, 500, 1000, 2000, 4000)
    step: float = 2.0
    restarts: int = 3
    down: float = 3.0
    frozen: float = 40.0  # longer than the 10 s that the OTLP exporter waits
    awake: float = 8.0
    side_rate: float = 200.0
    max_spans: int = 100_000  # the collector's default

    @staticmethod
    def of(minutes: float) -> Plan:
        """Return the plan for so many minutes; a run of less than two is a trial of everything."""
        plan = Plan(seconds=60 * minutes)
        if minutes >= 2:
            return plan
        return replace(plan, rates=(100, 200), step=1.0, down=0.5, frozen=2.0, awake=1.0, max_spans=1000)


def measure(plan: Plan, tell: Tell) -> Json:
    """Calibrate, send, and return the accounts; nothing is left behind, whatever happens."""
    with guard.temporary_directory() as directory:
        borne = _calibrate(plan, Path(directory, "calibration"), tell)
        rate = borne["rate"] / 2
        found = _soak(plan, rate, Path(directory, "soak"), tell)
    return {"plan": asdict(plan), "calibration": borne, **found, "failures": failures(found)}


def failures(found: Json) -> list[str]:
    """Return the reasons that a run fails: a loss without a cause, memory that grows."""
    unknown = sum(each["lost"]["unknown"] for each in found["clients"])
    reasons = [f"{unknown} spans were lost and nobody knows why."] if unknown else []
    grown = found["memory"]["line"]
    if grown and not grown["is_flat"]:
        reasons.append(
            f"The receiver's memory grew by {grown['growth']:.1%} after the warm-up: more than "
            f"{MOST_GROWTH:.0%}."
        )
    return reasons


def installed(senders: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of the senders, each a variant and an exporter, that this lane has."""
    return [
        (variant, exporter)
        for variant, exporter in senders
        if variant == "legacy" or _imports(EXPORTERS[exporter].module)
    ]


def _imports(module: str) -> bool:
    # The thrift exporter can be installed beside an SDK that it does not import with.
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def _calibrate(plan: Plan, directory: Path, tell: Tell) -> Json:
    """Return the steps, and the rate of all clients together that the receiver bears."""
    tell("calibrating")
    directory.mkdir()
    subjects = [Subject(*sender, "restarted") for sender in installed(SENDERS)]
    with receiver("calibration", directory, plan.max_spans) as running:
        steps = [(rate, plan.step) for rate in plan.rates]
        task = {**_ports(running.agent_port, running.otlp_port), "steps": steps}
        with clients(subjects, [task] * len(subjects), directory) as children:
            time.sleep(len(steps) * plan.step)
            found = journals(children, directory)
    copies = read_arrivals(running.arrivals, [len(journal.batch_of) for journal in found])
    return borne(found, copies)


def borne(found: Sequence[Journal], copies: Sequence[Sequence[int]]) -> Json:
    """Return each step's spans a second, made and arrived, and the rate of the last step without a fault.

    A step is borne if each client kept its pace and each span arrived. If not even the first one is, its rate
    is taken.
    """
    steps = []
    for number, asked in enumerate(step.rate for step in found[0].steps):
        own = [journal.steps[number] for journal in found]
        arrived = sum(
            sum(map(bool, each[step.first : step.last])) for each, step in zip(copies, own, strict=True)
        )
        made = sum(step.last - step.first for step in own)
        pace = min((step.last - step.first) / (asked * step.seconds) for step in own)
        steps.append(
            {"asked": asked * len(own), "made": made, "arrived": arrived, "slowest_pace": round(pace, 3)}
        )
    rate = steps[0]["asked"]
    for step in steps:
        if step["arrived"] < step["made"] or step["slowest_pace"] < _LEAST_PACE:
            break
        rate = step["asked"]
    return {"steps": steps, "rate": rate}


def _soak(plan: Plan, rate: float, directory: Path, tell: Tell) -> Json:
    """Send and disturb; return the accounts. `rate` is that of all clients of the restarted receiver."""
    directory.mkdir()
    subjects = _subjects()
    share = rate / sum(subject.receiver == "restarted" for subject in subjects)
    rates = [share if each.receiver == "restarted" else min(share, plan.side_rate) for each in subjects]
    with (
        receiver("restarted", directory, plan.max_spans) as main,
        receiver("slow", directory, plan.max_spans) as slow,
        absent_ports() as absent,
    ):
        ports = {
            "restarted": (main.agent_port, main.otlp_port),
            "slow": (slow.agent_port, slow.otlp_port),
            "absent": absent,
        }
        tasks = [
            {**_ports(*ports[subject.receiver]), "steps": [(each, plan.seconds)]}
            for subject, each in zip(subjects, rates, strict=True)
        ]
        tell(f"{len(subjects)} clients, {sum(rates):.0f} spans/s, {plan.seconds:.0f} s")
        with clients(subjects, tasks, directory) as children:
            _disturb(plan, main, slow, tell)
            slow.thaw()
            tell("the last spans")
            found = journals(children, directory)
    tell("counting")
    accounts = _accounts(subjects, found, main, slow)
    return {
        "clients": [
            {**asdict(subject), "rate": each, **_document(fate)}
            for subject, each, fate in zip(subjects, rates, accounts, strict=True)
        ],
        "receivers": {"restarted": _facts(main), "slow": _facts(slow)},
        "memory": _memory(main),
    }


def _subjects() -> list[Subject]:
    return [
        *(Subject(*sender, "restarted") for sender in installed(SENDERS)),
        *(Subject(*sender, kind) for kind in ("slow", "absent") for sender in installed(_EXPORTERS)),
    ]


def _ports(agent: int, otlp: int) -> Json:
    return {"agent_port": agent, "otlp_port": otlp}


def _accounts(
    subjects: Sequence[Subject], found: Sequence[Journal], main: RunningReceiver, slow: RunningReceiver
) -> list[Fate]:
    """Return the fates in the order of the clients; those of one receiver are told together."""
    copies = read_arrivals([*main.arrivals, *slow.arrivals], [len(journal.batch_of) for journal in found])
    fate_of: dict[int, Fate] = {}
    for name, known in {"restarted": main.known(), "slow": slow.known(), "absent": ABSENT}.items():
        numbers = [number for number, subject in enumerate(subjects) if subject.receiver == name]
        own = [Client(found[number], copies[number], subjects[number].over_udp) for number in numbers]
        fate_of |= zip(numbers, fates(own, known), strict=True)
    return [fate_of[number] for number in range(len(subjects))]


def _disturb(plan: Plan, main: RunningReceiver, slow: RunningReceiver, tell: Tell) -> None:
    """Restart one receiver and freeze the other by the plan, and sample the memory."""
    start = time.monotonic()
    restarts = [plan.seconds * 3 / 8 * (number + 1) / plan.restarts for number in range(plan.restarts)]
    freezes = _alternating(start, plan, slow)
    sampled = 0.0
    while (passed := time.monotonic() - start) < plan.seconds:
        next(freezes)
        if restarts and passed >= restarts[0]:
            restarts.pop(0)
            tell(f"restart at {passed:.0f} s")
            main.stop()
            time.sleep(plan.down)
            main.start()
        if passed - sampled >= _RSS_PERIOD:
            sampled = passed
            main.sample()
            slow.sample()
        time.sleep(_TURN)


def _alternating(start: float, plan: Plan, slow: RunningReceiver) -> Iterator[None]:
    """Freeze or thaw when it is due, each time that the next value is asked for."""
    frozen = False
    while True:
        passed = (time.monotonic() - start) % (plan.awake + plan.frozen)
        if (passed >= plan.awake) is not frozen:
            frozen = not frozen
            (slow.freeze if frozen else slow.thaw)()
        yield


def _document(fate: Fate) -> Json:
    lost = {cause.value: number for cause, number in fate.lost.items()}
    return {"sent": fate.sent, "arrived": fate.arrived, "duplicates": fate.duplicates, "lost": lost}


def _facts(running: RunningReceiver) -> Json:
    last = [looks[-1] for looks in running.counts()]
    names = [name for name in last[0] if name != "time"]
    return {
        "lives": len(last),
        "down_s": [round(end - begin, 2) for begin, end in running.downs],
        "counts": {name: sum(each[name] for each in last) for name in names},
        "peak_rss_mib": round(max((mib for life in running.rss for _, mib in life), default=0.0), 1),
    }


def _memory(running: RunningReceiver) -> Json:
    """Return the line through the memory of the longest life, from the moment that it was warm."""
    samples, looks = max(zip(running.rss, running.counts(), strict=True), key=lambda life: len(life[0]))
    warm = warm_at([(look["time"], look["evicted_spans"]) for look in looks], running.max_spans)
    after = [] if warm is None else [sample for sample in samples if sample[0] >= warm]
    line = memory(after)
    return {
        "samples": len(after),
        "warm_up_s": None if warm is None or not samples else round(warm - samples[0][0], 1),
        "line": _line(line) if line else None,
        "bound": MOST_GROWTH,
    }


def _line(line: Memory) -> Json:
    rounded = {name: round(value, 4) for name, value in asdict(line).items()}
    return {**rounded, "growth": round(line.growth, 4), "is_flat": line.is_flat}
