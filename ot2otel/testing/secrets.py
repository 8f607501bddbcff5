"""Secrets in values, masked before anything is written or shown."""

from __future__ import annotations

import re

MASK = "***"

_WORDS = r"passw(?:or)?d|pwd|secret|token|api[-_.]?key|access[-_.]?key|signature|sig|credentials?|authorization|session[-_.]?id"
# A key that says by itself that its value is a secret.
_KEY = re.compile(rf"(?:^|[-_.])(?:{_WORDS}|cookie|set-cookie)$", re.I)
_IN_TEXT = (
    # user:password@ of a URL
    (re.compile(r"(?<=://)[^/@\s:]*:[^/@\s]*(?=@)"), f"{MASK}:{MASK}"),
    # a parameter, or a field of a connection string
    (re.compile(rf"(?P<key>(?:^|[?&;\s,{{\"'])[-\w.]*(?:{_WORDS})[\"']?\s*[=:]\s*[\"']?)[^&;\s,\"'}}]+", re.I), rf"\g<key>{MASK}"),
    (re.compile(r"\b(Bearer|Basic)\s+[-\w.~+/]+=*", re.I), rf"\1 {MASK}"),
    # a JSON Web Token, and the ids of keys that have a form of their own
    (re.compile(r"\beyJ[-\w]{8,}\.[-\w]+\.[-\w]*"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}\b|\bxox[abpr]-[-\w]{10,}"), MASK),
)


def without_secrets(key: str, text: str) -> str:
    """Return the text of an attribute without secrets; `key` is its name, "" if it has none."""
    if _KEY.search(key):
        return MASK if text else text
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text
