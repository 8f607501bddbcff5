"""Runs one decoder under a coverage-guided fuzzer: `python -m tests.fuzzing DECODER CORPUS [OPTION...]`.

The options are libFuzzer's, for example `-max_total_time=1200`. The run ends with the first input that breaks
a promise of the decoder, and keeps that input in a file: what it found becomes a case of the decoder's tests.
The fuzzer, atheris, is a package that the tests do not need.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-untyped,unused-ignore]  # installed for a run alone

with atheris.instrument_imports(include=["ot2otel", "thrift", "google.protobuf"]):
    from tests.fuzzing.targets import TARGETS


def main() -> None:
    """Fuzz the decoder that is named by the first argument."""
    if len(sys.argv) < 3 or sys.argv[1] not in TARGETS:
        raise SystemExit(f"usage: python -m tests.fuzzing {'|'.join(TARGETS)} CORPUS [LIBFUZZER_OPTION...]")
    name, corpus, *options = sys.argv[1:]
    target = TARGETS[name]
    directory = Path(corpus)
    directory.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (directory / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], str(directory), *options], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
