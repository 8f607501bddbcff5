"""How secrets look: names of keys whose values are secret, and secrets inside other text.

Sources: OWASP's Logging Cheat Sheet (what not to log), the semantic conventions' `url.full` and `url.query`
(credentials and signatures), and the providers' documented prefixes of tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# A key is secret if its last part ends with one of these, without `-` and `_`.
_ENDS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "accesskeyid",
    "privatekey",
    "authorization",
    "cookie",
    "credentials",
)
_WHOLE = frozenset({"pwd", "jwt", "cookies", "otp"})
_SEPARATORS = str.maketrans("", "", "-_")

# The same names inside a text; what stands before them does not matter (`access_token`).
NAMES = (
    r"(?P<name>pass(?:word|wd|phrase)|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key"
    r"|authorization|credentials?|(?:set-)?cookie|signature|(?<![A-Za-z])(?:pwd|sig|jwt|otp))"
)
_SCHEME = re.compile(r"(?i)(?:basic|bearer|digest|negotiate|token|apikey|hawk|aws4-hmac-sha256)\s+")
_PLACEHOLDER = re.compile(
    r"""(?ix) [\[(<{]*(?:redacted|filtered|masked|removed|none|null|true|false)[\])>}]*
    | \*+ | \?+ | \.+ | x{3,} | %s | %\(\w+\)s | \$\d{1,3} | masked-[0-9a-f]+ |"""
)


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern, the groups in it that are secret, and a label; "" takes the group `name`."""

    pattern: re.Pattern[str]
    secrets: Sequence[str] = ("secret",)
    label: str = ""


def _found(pattern: str, label: str = "", secrets: Sequence[str] = ("secret",)) -> Found:
    return Found(re.compile(pattern, re.IGNORECASE), secrets, label)


# Only texts that have one of these, in lower case, are looked at closely.
HINTS = (
    *("pass", "pwd", "secret", "token", "key", "sig", "auth", "cookie", "credential", "otp", "jwt"),
    *("://", "bearer ", "basic ", "eyj", "akia", "gho_", "ghp_", "ghs_", "ghu_", "ghr_", "xox", "aiza"),
    *("github_pat_", "glpat-", "sk_live_"),
)
_KNOWN_TOKENS = (
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|AKIA[0-9A-Z]{16}|gh[oprsu]_\w{36,}|github_pat_\w{20,}|glpat-[\w-]{20,}"
    r"|xox[abeoprs]-[\w-]{10,}|AIza[\w-]{35}|sk_live_\w{16,}"
)
# What follows a name: JSON inside JSON, JSON, Python's repr, SQL, a query or a form.
_ASSIGNED = (
    r'\\"\s{0,3}:\s{0,3}\\"(?P<secret0>(?:(?!\\").)+)',
    r'"\s{0,3}:\s{0,3}"(?P<secret1>(?:[^"\\]|\\.)+)',
    r"'\s{0,3}:\s{0,3}'(?P<secret2>(?:[^'\\]|\\.)+)",
    r"\s{0,3}=\s{0,3}'(?P<secret3>[^']+)",
    r'\s{0,3}=\s{0,3}"(?P<secret4>[^"]+)',
    r"(?:=|%3D)(?P<secret5>(?:(?:basic|bearer)\s{1,3})?[^&;\s#\"'<>,)\]}]+)",
)
LABELLED: Sequence[Found] = (
    _found(r"-----BEGIN[A-Z ]{0,30}PRIVATE KEY-----(?P<secret>[^-]{20,})-----END", "private key"),
    # The user, too: with some services the token stands there.
    _found(r"://(?P<user>[^\s/?#:@]*):(?P<secret>[^\s/?#]*)@", "password in a URL", ("user", "secret")),
    _found(r"://(?P<secret>[^\s/?#:@]{20,})@", "token in a URL"),
    # A header in a text, to the end of the line or of the quoted text.
    _found(
        r"(?P<name>(?:proxy-)?authorization|(?:set-)?cookie|x-(?:api-key|auth-token))"
        r"(?:\s{0,3}:\s{0,3}|\\?[\"']\s{0,3}[:,]\s{0,3}\\?[\"'])(?P<secret>[^\s\"'\\][^\r\n\"'\\]*)"
    ),
    _found(
        f"{NAMES}(?:{'|'.join(_ASSIGNED)})", secrets=[f"secret{index}" for index in range(len(_ASSIGNED))]
    ),
    _found(r"(?<!\S)--?[\w-]{0,40}" + NAMES + r"\s{1,3}(?P<secret>[^\s-]\S*)"),
    _found(r"\b(?P<name>bearer|basic)\s{1,3}(?P<secret>(?=[\w.~+/-]*[\d=])[\w.~+/-]{8,}=*)"),
    Found(re.compile(rf"(?<![\w-])(?P<secret>{_KNOWN_TOKENS})"), label="token"),
)


@lru_cache(4096)
def is_secret_key(key: str) -> bool:
    """Tell whether the value of an attribute with this key is secret: `http.request.header.cookie`."""
    last = key.rpartition(".")[2].lower().translate(_SEPARATORS)
    return last.endswith(_ENDS) or last in _WHOLE


def scheme_of(secret: str) -> tuple[str, str]:
    """Split `Bearer abc` into `Bearer ` and `abc`; without a scheme the first part is ""."""
    found = _SCHEME.match(secret)
    return (found[0], secret[found.end() :]) if found else ("", secret)


def is_placeholder(secret: str) -> bool:
    """Tell whether a text stands for a secret that was removed before, or for a parameter."""
    return _PLACEHOLDER.fullmatch(secret) is not None
