"""What a command makes of its verdicts: marks, a report in each format that is asked for, an exit code."""

from __future__ import annotations

import io
import json
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click
from rich.console import Console

from ot2otel import acceptance
from ot2otel.acceptance import AcceptFile, FailOn, Settings
from ot2otel.acceptance.entry import USUAL
from ot2otel.acceptance.patterns import literally
from ot2otel.cli.judging import Asked
from ot2otel.compare.findings import Finding
from ot2otel.compare.verdict import Outcome, Verdict
from ot2otel.outline import printable
from ot2otel.report.ending import Ending, ended, seen_from_here
from ot2otel.report.github import github
from ot2otel.report.json import Json
from ot2otel.report.junit import junit
from ot2otel.report.markdown import markdown
from ot2otel.report.screen import WIDEST, Screen
from ot2otel.report.telling import told
from ot2otel.report.text import Wanted, report
from ot2otel.whole_file import write_whole

_WIDTH_WITHOUT_TERMINAL = 80

# Makes a report; only text needs to know for which console.
Renderer: TypeAlias = Callable[[Console], str]
_FOR_A_CI: Mapping[str, Callable[[Ending], str]] = {"markdown": markdown, "junit": junit, "github": github}


@dataclass(frozen=True, slots=True)
class Judging:
    """How verdicts are judged: what is asked, what the repository sets, and what is accepted.

    `same` are the addresses of the command line, None for a command without them.
    """

    asked: Asked
    settings: Settings
    fail_on: FailOn
    accepted: AcceptFile | None
    said: Mapping[str, str] | None = None

    @classmethod
    def begin(cls, asked: Asked, said: Mapping[str, str] | None = None) -> Judging:
        """Read the settings and the accept file, before anything runs; raise AcceptanceError."""
        settings = acceptance.settings(Path.cwd())
        accepted = None
        if asked.accept:
            accepted = acceptance.read(asked.accept)
        elif settings.accept:
            accepted = acceptance.read_if_there(settings.accept)
        return cls(asked, settings, asked.fails(settings), accepted, said)

    @property
    def same(self) -> Mapping[str, str]:
        """Addresses of the before with those of the after: as the command line says, else as the settings."""
        return self.said or self.settings.same

    def ending(self, verdicts: Sequence[Verdict]) -> Ending:
        """Return the end of a command with these verdicts."""
        return ended(verdicts, self.accepted, self.fail_on, self._remarks(), self.settings)

    def text(self, ending: Ending) -> Renderer:
        """Return a report on the verdicts for people."""

        def rendered(console: Console) -> str:
            known = console.is_terminal or "COLUMNS" in os.environ
            screen = Screen(
                min(console.width if known else _WIDTH_WITHOUT_TERMINAL, WIDEST), console.encoding
            )
            wanted = Wanted(self.asked.explain, self.asked.trees, (*ending.warnings, *ending.remarks))
            lines = report(ending.verdicts, screen, wanted, self._closing(ending))
            with console.capture() as captured:
                for line in lines:
                    console.print(line, soft_wrap=True)
            return captured.get()

        return rendered

    def deliver(self, ending: Ending, text: Renderer, content: Callable[[], Json]) -> None:
        """Write the report in each format that is asked for, to its file or to standard output.

        `content` makes the JSON document.
        """
        renderers: dict[str, Renderer] = {
            "text": text,
            "json": lambda _: json.dumps(content(), indent=1) + "\n",
            **{name: _without_console(renderer, ending) for name, renderer in _FOR_A_CI.items()},
        }
        for format, path in self.asked.files:
            console = Console(file=io.StringIO(), width=_WIDTH_WITHOUT_TERMINAL, color_system=None)
            _write(renderers[format or self.asked.output](console), path)
        if all(format for format, _ in self.asked.files):
            console = Console()
            shown = renderers[self.asked.output](console)
            # The other formats are UTF-8, whatever a terminal is.
            known = shown if self.asked.output in ("text", "json") else shown.encode()
            click.echo(known, nl=False, color=console.color_system is not None)

    def _closing(self, ending: Ending) -> str:
        written = [path for format, path in self.asked.files if format == "json"]
        document = shlex.quote(str(written[0])) if written else "VERDICT.json"
        return closing(ending, explained=self.asked.explain, document=document)

    def _remarks(self) -> Sequence[str]:
        """Tell which settings are used."""
        settings, asked = self.settings, self.asked
        if settings.path is None:
            return []
        used = []
        if settings.accept and not asked.accept:
            missing = "" if settings.accept.exists() else ", which does not exist"
            used.append(f"accept = {seen_from_here(settings.accept)}{missing}")
        used += [f"fail_on = {', '.join(settings.fail_on)}"] if settings.fail_on and not asked.fail_on else []
        if self.said is not None and not self.said:
            used += [f"same = {old}={new}" for old, new in settings.same.items()]
        if not used and not asked.explain:
            return []
        return [f"settings of {seen_from_here(settings.path)}: {'; '.join(used) or 'none is used'}"]


def closing(ending: Ending, *, explained: bool = False, document: str = "VERDICT.json") -> str:
    """Return the last lines: the exit code, where to read on, and how to accept what fails.

    `document` is the file with the verdict as JSON.
    """
    code = ending.exit_code
    degraded = any(judged.outcome is Outcome.DEGRADED for judged in ending.verdicts)
    because = " (with --strict 1)" if degraded and not code and not ending.fail_on.never else ""
    more = any(judged.findings for judged in ending.verdicts) and not explained
    line = f"exit {code}{because}.{'  all findings: --explain' if more else ''}"
    failing = next(filter(ending.fails_for, told(_findings(ending))), None)
    if failing is None:
        return line
    first = failing.findings[0]
    words = [first.field, *(["--span", *first.spans] if failing.is_span else [])]
    grades = {each.grade for each in _findings(ending) if each.field == first.field and each.grade in USUAL}
    words += ["--grade", first.grade.value] if grades != {first.grade} else []
    named = " ".join(shlex.quote(literally(printable(word))) for word in words)
    return f"accept one: ot2otel accept {document} {named} --reason '...'\n{line}"


def _findings(ending: Ending) -> Iterator[Finding]:
    return (finding for judged in ending.verdicts for finding in judged.findings)


def _without_console(renderer: Callable[[Ending], str], ending: Ending) -> Renderer:
    return lambda _: renderer(ending)


def _write(text: str, path: Path) -> None:
    try:
        write_whole([text], path)
    except OSError as error:
        raise click.ClickException(f"{path} can't be written: {error.strerror}.") from error
