"""The table of the semantic conventions' own renames, made from their registry and schema file.

`python -m docs.makers.conventions CLONE VERSION` reads a clone of open-telemetry/semantic-conventions at the
tag of a version, and writes the extract and the table. Without arguments it makes the table of the extract.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

EXTRACT = Path(__file__).with_name("conventions.json")
TABLE = Path(__file__).parents[2] / "ot2otel" / "compare" / "rules" / "published.tsv"
COLUMNS = ("old", "new", "since", "reason", "source", "note")

# A schema file's sections that concern spans.
_SECTIONS = ("all", "resources", "spans", "span_events")


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A deprecated attribute of the registry; `note` is the first sentence of the reason in prose."""

    old: str
    reason: str
    renamed_to: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """The facts about renames in one version of the conventions.

    `renamed` are the schema file's, by the version that renamed them, newest first. `current` are those of
    their names that the registry has and does not deprecate.
    """

    version: str
    deprecated: Sequence[Deprecated]
    renamed: Mapping[str, Mapping[str, str]]
    current: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Row:
    """What became of an attribute.

    `reason` is "renamed", "obsoleted" or "uncategorized", the registry's word for a reason in prose. `new` is
    the newest name of a renamed one. `since` is the version that renamed it, "" if the schema file does not
    tell. `source` is "registry" or "schema", the one that tells it.
    """

    old: str
    new: str
    since: str
    reason: str
    source: str
    note: str


def extract(files: Mapping[str, bytes], version: str) -> Extract:
    """Return the facts in the files of a version, by their paths."""
    yaml = YAML(typ="safe")
    deprecated: dict[str, Deprecated] = {}
    current = set()
    for path, content in sorted(files.items()):
        if not path.endswith((".yaml", ".yml")):
            continue
        for attribute in _attributes(yaml.load(content)):
            reason = attribute.get("deprecated")
            if reason is None:
                current.add(attribute["id"])
                continue
            note = " ".join((reason.get("note") or "").split())
            deprecated[attribute["id"]] = Deprecated(
                attribute["id"], reason["reason"], reason.get("renamed_to", ""), _first_sentence(note)
            )
    renamed = _renamed(yaml.load(files[f"schemas/{version}"])["versions"])
    names = {name for renames in renamed.values() for pair in renames.items() for name in pair}
    names |= {each.renamed_to for each in deprecated.values()}
    rows = sorted(deprecated.values(), key=lambda each: each.old)
    return Extract(version, rows, renamed, sorted(names & current))


def _attributes(node: Any) -> Iterator[Any]:  # Any: YAML
    """Yield the definitions of attributes in a file of the registry, of its older or its newer form."""
    if not isinstance(node, dict):
        return
    groups = [node, *node.get("groups", ())]
    for attribute in (each for group in groups for each in group.get("attributes") or ()):
        if "type" in attribute:
            yield {"id": attribute.get("key"), **attribute}


def _first_sentence(note: str) -> str:
    return f"{note.partition('. ')[0].rstrip('.')}." if note else ""


def _renamed(versions: Any) -> dict[str, dict[str, str]]:  # Any: YAML
    found = {}
    for version, sections in versions.items():
        renames: dict[str, str] = {}
        for section in _SECTIONS:
            for change in ((sections or {}).get(section) or {}).get("changes", ()):
                renames |= change.get("rename_attributes", {}).get("attribute_map", {})
        if renames:
            found[version] = dict(sorted(renames.items()))
    return found


def table(facts: Extract) -> list[Row]:
    """Return a row for every attribute that is renamed or deprecated; a chain of renames ends in one row."""
    deprecated = {each.old: each for each in facts.deprecated}
    current = set(facts.current)
    # The oldest rename of a name is the one that its users saw.
    schema: dict[str, tuple[str, str]] = {}
    for version, renames in facts.renamed.items():
        schema |= {old: (new, version) for old, new in renames.items()}

    def next_name(old: str) -> tuple[str, str]:
        here = deprecated.get(old)
        if here and (here.renamed_to or here.reason == "obsoleted"):
            return here.renamed_to, "registry"
        return schema.get(old, ("", ""))[0], "schema"

    rows = []
    for old in sorted({*deprecated, *schema, *(new for new, _ in schema.values())} - current):
        new, source = next_name(old)
        seen = {old}
        while new and new not in current and new not in seen:
            seen.add(new)
            following = next_name(new)[0]
            if not following:
                break
            new = following
        here = deprecated.get(old) or Deprecated(old, "renamed")
        since = schema[old][1] if old in schema else ""
        known = current | set(deprecated)
        if (new or old) not in known:
            note = f"`{new or old}` is no longer in the registry."
            rows.append(Row(old, "", since, "obsoleted", "schema", note))
        elif new:
            rows.append(Row(old, new, since, "renamed", source, ""))
        else:
            rows.append(Row(old, "", since, here.reason, "registry", here.note))
    return rows


def written(rows: Sequence[Row]) -> str:
    """Return the table as text: a line for each row, its columns apart by tabs."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def read_extract() -> Extract:
    """Return the committed extract."""
    document = json.loads(EXTRACT.read_text(encoding="utf-8"))
    deprecated = [Deprecated(**each) for each in document.pop("deprecated")]
    return Extract(deprecated=deprecated, **document)


def _files(clone: str, version: str) -> dict[str, bytes]:
    """Return the files of a version in a clone, by their paths."""
    archive = subprocess.run(
        ["git", "-C", clone, "archive", "--format=tar", f"v{version}", "model", f"schemas/{version}"],
        check=True,
        capture_output=True,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        opened = ((member.name, tar.extractfile(member)) for member in tar.getmembers())
        return {name: file.read() for name, file in opened if file is not None}


def main(arguments: Sequence[str]) -> None:
    """Write the extract if a clone and a version are named, and the table."""
    if arguments:
        clone, version = arguments
        facts = extract(_files(clone, version), version)
        EXTRACT.write_text(json.dumps(asdict(facts), indent=1) + "\n", encoding="utf-8")
    TABLE.write_text(written(table(read_extract())), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
