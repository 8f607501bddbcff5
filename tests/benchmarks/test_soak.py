"""The soak: a short run of everything, the accounts and the line through the memory."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from benchmarks import figures
from benchmarks.soak import client
from benchmarks.soak.account import ABSENT, Cause, Client, Fate, Receiver, fates
from benchmarks.soak.children import absent_ports
from benchmarks.soak.journal import (
    Batch,
    Journal,
    Outcome,
    Step,
    Writer,
    read_arrivals,
    read_journal,
    write_arrivals,
)
from benchmarks.soak.measure import SENDERS, Plan, borne, failures, installed
from benchmarks.soak.memory import memory, warm_at
from tests.support.runs import ROOT
from tests.support.waiting import wait_until

Json = dict[str, Any]  # Any: JSON


def at(begin: float, outcome: Outcome = Outcome.SENT) -> Batch:
    return Batch(begin, begin + 1, outcome)


def fate(
    batch_of: Sequence[int | None],
    batches: Sequence[Batch],
    copies: Sequence[int],
    receiver: Receiver,
    by_datagram: bool = False,
) -> Fate:
    [found] = fates([Client(Journal(batch_of, batches), copies, by_datagram)], receiver)
    return found


def lost(found: Fate) -> Mapping[Cause, int]:
    return {cause: number for cause, number in found.lost.items() if number}


def test_a_span_that_arrived_is_not_lost_whatever_the_client_was_told() -> None:
    found = fate([0, 0], [at(0, Outcome.TIMED_OUT)], [1, 3], Receiver())

    assert found == Fate(sent=2, arrived=2, duplicates=2, lost=dict.fromkeys(Cause, 0))


def test_a_span_without_a_batch_was_dropped_by_the_clients_queue() -> None:
    assert lost(fate([None, 0], [at(0)], [0, 1], Receiver())) == {Cause.QUEUE: 1}


@pytest.mark.parametrize(
    ("begin", "cause"),
    [
        pytest.param(3.0, Cause.UNKNOWN, id="before"),
        pytest.param(4.5, Cause.DOWN, id="ended while it was down"),
        pytest.param(6.0, Cause.DOWN, id="while it was down"),
        pytest.param(7.0, Cause.DOWN, id="began while it was down"),
        pytest.param(8.5, Cause.UNKNOWN, id="after"),
    ],
)
def test_a_batch_is_lost_to_a_receiver_that_was_down_meanwhile(begin: float, cause: Cause) -> None:
    receiver = Receiver(downs=[(5, 8)])

    assert lost(fate([0], [at(begin)], [0], receiver)) == {cause: 1}


@pytest.mark.parametrize("outcome", Outcome)
def test_an_absent_receiver_is_always_down(outcome: Outcome) -> None:
    assert lost(fate([0], [at(1, outcome)], [0], ABSENT)) == {Cause.DOWN: 1}


@pytest.mark.parametrize(
    ("outcome", "cause"),
    [
        (Outcome.SENT, Cause.UNKNOWN),
        (Outcome.REFUSED, Cause.REJECTED),
        (Outcome.UNREACHABLE, Cause.DOWN),
        (Outcome.TIMED_OUT, Cause.TIMED_OUT),
        (Outcome.FAILED, Cause.UNKNOWN),
    ],
)
def test_the_clients_library_tells_the_cause_if_the_receiver_is_up(outcome: Outcome, cause: Cause) -> None:
    assert lost(fate([0], [at(1, outcome)], [0], Receiver())) == {cause: 1}


def test_the_kernel_drops_as_many_whole_datagrams_as_it_counted() -> None:
    batches = [at(0), at(2), at(4)]

    found = fate([0, 0, 1, 1, 2, 2], batches, [1, 0, 0, 0, 0, 0], Receiver(dropped_datagrams=1), True)

    assert lost(found) == {Cause.KERNEL: 2, Cause.UNKNOWN: 3}


def test_the_kernel_drops_no_request() -> None:
    found = fate([0], [at(0)], [0], Receiver(dropped_datagrams=1), by_datagram=False)

    assert lost(found) == {Cause.UNKNOWN: 1}


def test_the_receivers_counts_explain_as_many_spans_as_they_count() -> None:
    found = fate([0, 0, 1, 1], [at(0), at(2)], [0, 0, 0, 0], Receiver(rejected=1, unread=2))

    assert lost(found) == {Cause.REJECTED: 1, Cause.EVICTED: 2, Cause.UNKNOWN: 1}


def test_the_counts_of_a_receiver_are_shared_by_its_clients_in_the_order_of_time() -> None:
    late, early = (Client(Journal([0], [at(begin)]), [0], by_datagram=True) for begin in (3, 1))

    found = fates([late, early], Receiver(dropped_datagrams=1))

    assert [lost(each) for each in found] == [{Cause.UNKNOWN: 1}, {Cause.KERNEL: 1}]


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    journal = Writer()
    numbers = [journal.number() for _ in range(3)]
    journal.handed_over(numbers[:1], at(1))
    journal.handed_over(numbers[2:], at(2, Outcome.UNREACHABLE))

    journal.write(tmp_path / "client.json", [Step(100, 1.5, 0, 3)])

    assert read_journal(tmp_path / "client.json") == Journal(
        [0, None, 1], [at(1), at(2, Outcome.UNREACHABLE)], [Step(100, 1.5, 0, 3)]
    )


def test_arrivals_of_all_lives_are_added_up(tmp_path: Path) -> None:
    paths = [tmp_path / "first", tmp_path / "second"]
    for path, arrived in zip(paths, ([("soak-0", 1), ("soak-10", 0)], [("soak-0", 1)]), strict=True):
        with path.open("wb") as file:
            write_arrivals(arrived, file)

    copies = read_arrivals(paths, [2, *[0] * 9, 1])

    assert copies == [b"\0\2", *[b""] * 9, b"\1"]


def journal_of(*made: int) -> Journal:
    ends = [sum(made[: number + 1]) for number in range(len(made))]
    steps = [Step(100 * 2**number, 1, end - made[number], end) for number, end in enumerate(ends)]
    return Journal([0] * ends[-1], [at(0)], steps)


@pytest.mark.parametrize(
    ("made", "missing", "rate"),
    [
        pytest.param((100, 200, 400), None, 400, id="all is well"),
        pytest.param((100, 200, 400), 150, 100, id="a span of the second step is lost"),
        pytest.param((100, 200, 300), None, 200, id="the client does not keep its pace"),
        pytest.param((100, 200, 400), 50, 100, id="not even the first one is borne"),
    ],
)
def test_the_rate_is_that_of_the_last_step_without_a_fault(
    made: tuple[int, ...], missing: int | None, rate: int
) -> None:
    copies = [number != missing for number in range(sum(made))]

    assert borne([journal_of(*made)], [copies])["rate"] == rate


def test_only_a_trial_is_too_short_for_a_time_out() -> None:
    assert Plan.of(20) == Plan(seconds=1200)
    assert Plan.of(2).frozen == Plan.of(20).frozen > 10
    assert Plan.of(0.1).seconds == 6
    assert Plan.of(0.1).frozen < 6


def test_memory_that_rises_by_more_than_a_tenth_is_not_flat() -> None:
    rising = memory([(second, 100 + second / 5) for second in range(61)])

    assert rising is not None
    assert rising.seconds == 60
    assert rising.mean_mib == pytest.approx(106)
    assert rising.mib_per_minute == pytest.approx(12)
    assert rising.growth == pytest.approx(12 / 106)
    assert not rising.is_flat


def test_memory_that_goes_up_and_down_or_shrinks_is_flat() -> None:
    waving = memory([(second, 100 + second % 7) for second in range(70)])
    shrinking = memory([(second, 100 - second) for second in range(70)])

    assert waving is not None
    assert waving.is_flat
    assert shrinking is not None
    assert shrinking.is_flat


def test_a_receiver_is_warm_when_it_has_evicted_as_many_spans_as_it_keeps() -> None:
    assert warm_at([(1.0, 0), (2.0, 99), (3.0, 100), (4.0, 200)], kept=100) == 3.0
    assert warm_at([(1.0, 0), (2.0, 99)], kept=100) is None


def test_a_few_samples_tell_nothing_of_memory() -> None:
    assert memory([(second, 100) for second in range(19)]) is None


@pytest.mark.parametrize(
    ("unknown", "growth", "reasons"),
    [
        (0, 0.01, []),
        (3, 0.01, ["3 spans were lost and nobody knows why."]),
        (0, 0.12, ["The receiver's memory grew by 12.0% after the warm-up: more than 10%."]),
    ],
)
def test_a_run_fails_if_a_loss_has_no_cause_or_memory_grows(
    unknown: int, growth: float, reasons: list[str]
) -> None:
    found = {
        "clients": [{"lost": {"unknown": unknown}}],
        "memory": {"line": {"is_flat": growth <= 0.1, "growth": growth}},
    }

    assert failures(found) == reasons


def test_nothing_listens_at_an_absent_receiver_and_nobody_can_take_its_ports() -> None:
    with absent_ports() as (agent, otlp), socket.socket(type=socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", agent))
        sender.send(b"x")
        with pytest.raises(ConnectionRefusedError):
            sender.recv(1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", otlp))
        with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
            other.bind(("127.0.0.1", otlp))


class Answering(SpanExporter):
    """Exports nothing, and answers so."""

    def __init__(self, result: SpanExportResult) -> None:
        self._result = result

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._result


class Batches(Writer):
    """A journal that keeps the batches alone."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[Batch] = []

    def handed_over(self, numbers: Iterable[int], batch: Batch) -> None:
        self.batches.append(batch)


@pytest.mark.parametrize(
    ("result", "seconds", "outcome"),
    [
        (SpanExportResult.SUCCESS, 9.9, Outcome.SENT),
        (SpanExportResult.FAILURE, 8.4, Outcome.REFUSED),
        (SpanExportResult.FAILURE, 9.9, Outcome.TIMED_OUT),
    ],
)
def test_a_failure_after_the_exporters_time_out_is_a_time_out(
    result: SpanExportResult, seconds: float, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, seconds])
    monkeypatch.setattr(client, "now", lambda: next(clock))
    journal = Batches()

    client.LoggedExporter(Answering(result), journal).export([])

    assert journal.batches == [Batch(0.0, seconds, outcome)]


def processes_with(text: str) -> list[str]:
    """Return the command lines of the processes whose environment has this text."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if text.encode() in (path / "environ").read_bytes():
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, Path]:
    """A soak of six seconds, and the directory that it used."""
    directory = tmp_path_factory.mktemp("soak")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.1", "--as-json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(directory)},
    )
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found, directory


@pytest.mark.slow
def test_each_span_of_a_short_soak_arrived_or_was_lost_by_a_known_cause(soaked: tuple[Json, Path]) -> None:
    found, _ = soaked

    assert all(each["sent"] == each["arrived"] + sum(each["lost"].values()) for each in found["clients"])
    assert all(each["sent"] and not each["lost"]["unknown"] for each in found["clients"])


@pytest.mark.slow
def test_every_client_reaches_a_restarted_receiver_and_none_an_absent_one(soaked: tuple[Json, Path]) -> None:
    found, _ = soaked

    reached = {
        (each["variant"], each["exporter"], each["receiver"]) for each in found["clients"] if each["arrived"]
    }
    restarted = {(*sender, "restarted") for sender in installed(SENDERS)}
    assert {each for each in reached if each[2] != "slow"} == restarted
    assert found["receivers"]["restarted"]["lives"] == 4
    assert len(found["receivers"]["restarted"]["down_s"]) == 3


@pytest.mark.slow
def test_a_short_soak_leaves_nothing_behind_and_saves_nothing(soaked: tuple[Json, Path]) -> None:
    found, directory = soaked

    assert list(directory.iterdir()) == []
    assert processes_with(str(directory)) == []
    assert "seconds" not in found


def account_of(name: str, sent: int, **lost: int) -> Json:
    variant, exporter, receiver = name.split()
    causes = {cause.value: lost.get(cause.name.lower(), 0) for cause in Cause}
    arrived = sent - sum(causes.values())
    document = {"variant": variant, "exporter": exporter, "receiver": receiver}
    return {**document, "sent": sent, "arrived": arrived, "duplicates": 1, "lost": causes}


def test_the_table_of_a_soak_has_a_row_for_each_client_with_the_causes_of_its_losses() -> None:
    line = {"seconds": 600.0, "mean_mib": 80.0, "mib_per_minute": 0.125, "growth": 0.0156}
    found = {
        "calibration": {
            "steps": [{"asked": 500, "made": 1000, "arrived": 999, "slowest_pace": 0.98}],
            "rate": 500,
        },
        "clients": [
            account_of("legacy jaeger slow", 2000, queue=5, kernel=1000),
            account_of("native otlp absent", 20, down=20),
        ],
        "receivers": {"restarted": {"down_s": [3.25, 3.5], "peak_rss_mib": 90.4}},
        "memory": {"line": line, "warm_up_s": 30.4, "bound": 0.05},
    }

    assert figures.soak_tables(found).splitlines() == [
        "Calibration: 500 spans/s (1,000 made, 999 arrived, the slowest client made 98% of its share). "
        "Borne: 500 spans/s. The receiver gets 250 spans/s.",
        "",
        "| client, its receiver | sent | arrived | twice | lost | receiver was down | client's queue "
        "| kernel | rejected | evicted | timed out | unknown |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| legacy over jaeger, slow | 2,000 | 995 | 1 | 1,005 |  | 5 | 1,000 |  |  |  |  |",
        "| native over otlp, absent | 20 | 0 | 1 | 20 | 20 |  |  |  |  |  |  |",
        "",
        "The receiver was down for 3.2, 3.5 s; its memory was at most 90 MiB. In its longest life, after a "
        "warm-up of 30 s, it was 80.0 MiB on average for 600 s. Its slope was +0.125 MiB a minute, +1.6% in "
        "all; the bound is 5%.",
    ]


@pytest.mark.slow
def test_a_short_soak_says_that_it_was_too_short_for_the_memory(soaked: tuple[Json, Path]) -> None:
    found, _ = soaked

    assert found["memory"]["line"] is None
    assert figures.soak_tables(found).endswith("The run was too short to tell whether that is flat.")


def test_a_soak_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    soak = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.1"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    try:
        wait_until(lambda: any("soak.client" in each for each in processes_with(str(tmp_path))), 60)
    finally:
        soak.kill()
        soak.wait()

    wait_until(lambda: not processes_with(str(tmp_path)) and not list(tmp_path.iterdir()), 30)
