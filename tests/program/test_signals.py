"""A signal at any moment leaves no process, no file, no port and no traceback; `make signals` sends 100."""

from __future__ import annotations

import signal

from tests.support.signals import COMMANDS, SIGNALS, send, some


def test_random_signals_to_every_command_leave_nothing() -> None:
    sent = some(len(COMMANDS), seed=6)

    assert {each.command for each in sent} == {" ".join(arguments) for arguments, _ in COMMANDS}
    assert {each.number for each in sent} == set(SIGNALS)
    assert [each for each in sent if each.left_something] == []


def test_a_command_that_is_killed_while_its_services_run_leaves_nothing() -> None:
    sent = send(("compare", "--flow", "events", "--work", "10"), signal.SIGKILL, after=4.0)

    assert (sent.code, sent.left_something) == (-signal.SIGKILL, False)
