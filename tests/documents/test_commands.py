"""Commands of the documents that need a few files only: each block with this mark is run as printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import pytest

from ot2otel.capture.environment import untraced
from tests.golden import RECORDINGS
from tests.support.command_blocks import Block, marked
from tests.support.runs import ROOT
from tests.support.suites import PLUGIN

BEFORE, NATIVE = RECORDINGS / "hello-legacy-jaeger.json", RECORDINGS / "hello-native-otlp.json"
OWN = ROOT / "tests" / "golden" / "own"
# Of jaeger-client, as in tests/support/suites.py.
NOT_OURS = ("-W ignore::pytest.PytestUnraisableExceptionWarning", "-W ignore::ResourceWarning")
SIDES = (("before", "legacy"), ("after", "native"))
# The files that a document's commands find, by document.
FILES: Mapping[str, Mapping[str, Path]] = {
    "docs/ci.md": {f"{side}.jsonl": OWN / f"flask-{name}.jsonl" for side, name in SIDES},
    "docs/own-services.md": {
        f"tests/golden/own/{name}.jsonl": OWN / f"{name}.jsonl"
        for name in ("tutorial-3-legacy", "tutorial-3-shim")
    },
    "docs/page.md": {"before.jsonl": BEFORE, "after.jsonl": NATIVE},
    "docs/testing.md": {path.name: path for path in (ROOT / "docs" / "testing").iterdir() if path.is_file()},
}
# The command before the block's.
FIRST = {"docs/ci.md": "ot2otel diff before.jsonl after.jsonl -o json:verdict.json || test $? = 1"}
# What the last command of a document's block prints, and what its commands leave.
PRINTED = {
    "docs/ci.md": "gone 6 of 6 spans: attribute url",
    "docs/own-services.md": "kinds 1/5",
    "docs/page.md": "legacy → native/otlp  equivalent",
    "docs/testing.md": " 3 passed",
}
LEFT = {
    "docs/ci.md": ("ot2otel-accept.toml",),
    "docs/page.md": ("comparison.html", "orders.html"),
    "docs/testing.md": ("__traces__/test_greeting",),
}
# The command whose answer is no: the flow orders loses its baggage on the shim.
ANSWERS_NO = "ot2otel compare --flow orders"
BLOCKS = marked("run: tests/documents/test_commands.py")
COMMANDS = [command for block in BLOCKS for command in block.commands]
INSTALLS = sorted({command.strip() for command in COMMANDS if command.startswith("pip install ")})
RUN = [block for block in BLOCKS if block.document in FILES and block.language == "console"]
# Programs that tell what the settings of docs/concerns.md, in the order of its blocks, make of them.
EXPORTERS = """
from otel_native.tracing import start_provider
for processor in start_provider("shop", "native")._active_span_processor._span_processors:
    modules = [each.__module__ for each in type(processor.span_exporter).__mro__]
    print(next(name.split(".")[2] for name in modules if name.startswith("opentelemetry.exporter.")))
"""
SAMPLER = """
from opentelemetry.sdk.trace import TracerProvider
print(TracerProvider().sampler.get_description().partition(",")[0])
"""
SECURED = """
import os
import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # with newer SDKs they win
    os.environ.pop(name, None)

def told(adapter, request, verify=True, **others):
    print(request.url, verify, request.headers["authorization"], flush=True)
    os._exit(0)

requests.adapters.HTTPAdapter.send = told
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
provider.get_tracer("a").start_span("a").end()
"""
TOLD = (
    (EXPORTERS, ("jaeger", "otlp")),
    (SAMPLER, ("ParentBased{root:TraceIdRatioBased{0.001}",)),
    (SECURED, ("https://collector.example.org:4318/v1/traces /etc/ssl/collector-ca.pem Bearer token",)),
)
SETTINGS = [block.text for block in BLOCKS if block.document == "docs/concerns.md"]


def shell(script: str, directory: Path, **given: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**untraced(), "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100", **given}
    environment.pop("CI", None)
    return subprocess.run(
        ["sh", "-ec", script],
        cwd=directory, env=environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


@pytest.mark.timeout(300)  # three variants of a flow, on a busy machine
@pytest.mark.parametrize("block", RUN, ids=lambda block: str(block.document))
def test_a_block_runs_as_printed(block: Block, tmp_path: Path) -> None:
    if block.document == "docs/testing.md":
        for module in ("flask_opentracing", "opentelemetry.instrumentation.flask"):
            pytest.importorskip(module)
    for name, source in FILES[block.document].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tmp_path / name)
    given = {"PYTEST_ADDOPTS": " ".join([*PLUGIN, "-p no:cacheprovider", *NOT_OURS])}
    commands = [each for each in block.commands if each not in INSTALLS]

    for command in filter(None, [FIRST.get(block.document), *commands]):
        done = shell(command, tmp_path, **given)
        code = int(command.startswith(ANSWERS_NO))
        assert (command, done.returncode) == (command, code), done.stdout + done.stderr

    assert PRINTED[block.document] in done.stdout
    assert [left for left in LEFT.get(block.document, ()) if not (tmp_path / left).exists()] == []


@pytest.mark.parametrize("command", INSTALLS)
def test_what_a_command_installs_is_what_this_lane_has(command: str, tmp_path: Path) -> None:
    """The line is resolved without an index: from the distributions that are installed."""
    for word in re.findall(r"[\w-]+", command.removeprefix("pip install ").partition("[")[0]):
        try:
            distribution(word)
        except PackageNotFoundError:
            pytest.skip(f"{word} is not installed in this lane")

    done = shell(command, tmp_path, PIP_DRY_RUN="1", PIP_NO_INDEX="1")

    assert (done.returncode, "Would install" in done.stdout) == (0, False), done.stderr


@pytest.mark.parametrize(
    ("text", "told"), list(zip(SETTINGS, TOLD, strict=True)), ids=["exporters", "sampler", "secured"]
)
def test_settings_are_read_as_the_text_says(
    text: str, told: tuple[str, tuple[str, ...]], tmp_path: Path
) -> None:
    program, wanted = told
    steps = text.splitlines() if len(wanted) > 1 else [text]

    for step, line in zip(steps, wanted, strict=True):
        if line == "jaeger" and find_spec("opentelemetry.exporter.jaeger") is None:
            continue  # the newest lane has no Thrift exporter
        done = shell(f"set -a\n{step}\nexec python -c '{program}'", tmp_path)
        assert done.stdout == f"{line}\n", done.stderr
