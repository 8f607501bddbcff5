"""The users and directories of the images of docker-compose.yml.

No test can ask a registry, so this is a table. It matters for mounts: there Docker treats a tmpfs and a
volume as opposites. Over a directory of the image a tmpfs belongs to root and keeps the directory's mode;
elsewhere everybody may write to it. Over a directory of the image a volume belongs to that directory's owner;
elsewhere it belongs to root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

_EVERYWHERE = frozenset({"bin", "dev", "etc", "home", "lib", "proc", "root", "sys", "tmp", "usr", "var"})
_BUSYBOX = _EVERYWHERE | {"lib64"}
_ALPINE = _EVERYWHERE | {"media", "mnt", "opt", "run", "sbin", "srv"}
_DEBIAN = _ALPINE | {"boot", "lib64"}


@dataclass(frozen=True, slots=True)
class Image:
    """The facts about an image that matter to a mount, from its Dockerfile and its base's."""

    source: str
    user: str
    top: frozenset[str]
    """Names of all directories in the image's root."""
    owned: Mapping[str, str] = field(default_factory=dict)
    """Paths that do not belong to root, and their owners."""


IMAGES = {
    "jaegertracing/jaeger:2.22.0": Image(
        source="cmd/jaeger/Dockerfile and scripts/build/docker/base/Dockerfile (alpine 3.24.1) "
        "of github.com/jaegertracing/jaeger at v2.20.0, 2026-07-19, the last release read",
        user="10001",
        top=_ALPINE | {"cmd"},
    ),
    "redis:7.4.11-alpine": Image(
        source="7.4/alpine/Dockerfile (alpine 3.20) of github.com/redis/docker-library-redis at e5650da9, "
        "2024-10-04, which is 7.4.1, the last release read",
        user="root",
        top=_ALPINE | {"data"},
        owned={"/data": "redis"},
    ),
    "prom/prometheus:v3.5.0": Image(
        source="Dockerfile (busybox) of github.com/prometheus/prometheus at v3.5.0",
        user="nobody",
        top=_BUSYBOX | {"prometheus"},
        owned={"/etc/prometheus": "nobody", "/prometheus": "nobody"},
    ),
    "ot2otel": Image(
        source="Dockerfile of this repository, on python:3.11-slim (Debian)",
        user="10001:10001",
        top=_DEBIAN,
    ),
}
"""By the name that the compose file uses."""


def unwritable(service: Mapping[str, Any], image: Image) -> Iterator[str]:
    """Yield the mounts of a service that are meant to be written and that its user cannot write to.

    It is strict where the table is coarse: a tmpfs anywhere below a top directory of the image counts, except
    on /tmp itself, which everybody may write in.
    """
    user = service.get("user", image.user)
    if user in ("root", "0", "0:0"):
        return
    for mount in service.get("tmpfs", ()):
        path, _, options = mount.partition(":")
        if path != "/tmp" and PurePosixPath(path).parts[1] in image.top and "uid=" not in options:
            yield f"tmpfs {path}"
    for mount in service.get("volumes", ()):
        source, path, *mode = mount.split(":")
        is_named = not source.startswith((".", "/", "~"))
        if is_named and mode != ["ro"] and image.owned.get(path) != user:
            yield f"volume {path}"
