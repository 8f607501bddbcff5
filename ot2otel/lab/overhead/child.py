"""Runs a measured program in a fresh process: a task in JSON goes in, an answer in JSON comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from ot2otel.capture import guard
from ot2otel.errors import Ot2OtelError

# `requests` reads every variable at every request, so their number would be part of the result.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "VIRTUAL_ENV")
_TIMEOUT = 300.0


class ChildFailedError(Ot2OtelError):
    """A measured process ended without an answer; the text has its last log lines."""


def ask(module: str, task: Mapping[str, Any]) -> Any:  # Any: JSON
    """Run `module` in a fresh process with few environment variables and return its answer to `task`.

    Raises ChildFailedError if the process fails, answers no JSON, or takes more than 300 s.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module],
            input=json.dumps(task),
            capture_output=True,
            encoding="utf-8",
            timeout=_TIMEOUT,
            env=few_variables(),
            check=True,
            **guard.options(),
        )
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ChildFailedError(f"{module} gave no answer within {_TIMEOUT:g} s.") from error
    except subprocess.CalledProcessError as error:
        lines = "\n".join(error.stderr.splitlines()[-20:])
        raise ChildFailedError(f"{module} failed. Its last log lines:\n{lines}") from error
    except json.JSONDecodeError as error:
        raise ChildFailedError(f"{module} gave an answer that is no JSON: {error}") from error


def few_variables() -> dict[str, str]:
    """Return the few environment variables that a measured process gets from this one."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}
