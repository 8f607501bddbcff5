"""Masks secrets in what is recorded: an equal value gets an equal mask, in every recording."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ot2otel.capture.secrets import HINTS, LABELLED, Found, is_placeholder, is_secret_key, scheme_of
from ot2otel.errors import Ot2OtelError
from ot2otel.model import Attributes, AttributeValue, Event, KeyValues, Link, Span
from ot2otel.recording import Answer

_DIGITS, _DIGITS_WITH_KEY = 3, 12  # hexadecimal
_LONGEST_CACHED = 256  # characters
_CACHED = 8192  # texts; most values of a program are few
_BY_PATTERN = "pattern"


class PatternError(Ot2OtelError):
    """A pattern for masks is no regular expression, or finds nothing but empty text."""


class Masks:
    """Masks the values of secret keys, and secrets in any text; `counts` has the masked values by their name.

    `keys` are more secret keys, `patterns` regular expressions: their first group is masked, or all of the
    match. A mask is `masked-` and three digits of the value's hash: one of 4096 guesses fits it, so a weak
    password is not given away, and two different values look the same once in 4096 times. With a secret `key`
    it is the keyed hash, of twelve digits; then nothing can be guessed without the key. Raises PatternError.
    """

    def __init__(self, keys: Iterable[str] = (), patterns: Iterable[str] = (), key: str = "") -> None:
        self.counts: Counter[str] = Counter()
        self._keys = frozenset(name.lower() for name in keys)
        self._key = hashlib.blake2b(key.encode()).digest() if key else b""
        self._own = [*map(_compiled, patterns), *(_named(name) for name in sorted(self._keys))]
        self._remembered = lru_cache(_CACHED)(self._masked_text)

    def span(self, span: Span) -> Span:
        """Return the span with its secrets masked."""
        masked = (
            self._text(span.name),
            self._text(span.status.message),
            self._attributes(span.attributes),
            tuple(map(self._event, span.events)),
            tuple(map(self._link, span.links)),
            self._attributes(span.resource),
            self._attributes(span.scope.attributes),
        )
        if masked == _maskable(span):  # most spans; a copy takes as long as all of this
            return span
        name, message, attributes, events, links, resource, scope = masked
        return replace(
            span,
            name=name,
            status=replace(span.status, message=message),
            attributes=attributes,
            events=events,
            links=links,
            resource=resource,
            scope=replace(span.scope, attributes=scope),
        )

    def answer(self, answer: Answer) -> Answer:
        """Return the answer with its secrets masked."""
        return replace(answer, request=self._text(answer.request), body=self._text(answer.body))

    def _event(self, event: Event) -> Event:
        name, attributes = self._text(event.name), self._attributes(event.attributes)
        if name is event.name and attributes is event.attributes:
            return event
        return replace(event, name=name, attributes=attributes)

    def _link(self, link: Link) -> Link:
        attributes = self._attributes(link.attributes)
        return link if attributes is link.attributes else replace(link, attributes=attributes)

    def _attributes(self, raw: Attributes) -> Attributes:
        masked = {key: self._value(key, value) for key, value in raw.items()}
        return masked if any(masked[key] is not raw[key] for key in masked) else raw

    def _value(self, key: str, value: AttributeValue) -> AttributeValue:
        if is_secret_key(key) or key.lower() in self._keys:
            return self._secret(key, value)
        match value:
            case str():
                return self._text(value)
            case KeyValues():
                return KeyValues(tuple((name, self._value(name, item)) for name, item in value.items))
            case tuple():
                return tuple(self._elements(key, value))
            case _:
                return value

    def _elements(self, key: str, values: Sequence[AttributeValue]) -> Iterator[AttributeValue]:
        """Yield a list's elements; the one after `--password` is a secret, as in a command line."""
        before: AttributeValue = ""
        for value in values:
            if isinstance(before, str) and before.startswith("-") and is_secret_key(before):
                yield self._secret(before, value)
            else:
                yield self._value(key, value)
            before = value

    def _secret(self, key: str, value: AttributeValue) -> AttributeValue:
        """Mask a value whole; it keeps its type."""
        name = key.rpartition(".")[2].lower()
        match value:
            case bool() | None:
                return value
            case str():
                scheme, rest = scheme_of(value)
                if is_placeholder(rest):
                    return value
                self.counts[name] += 1
                return scheme + self._mask(rest)
            case KeyValues():
                return KeyValues(tuple((inner, self._secret(key, item)) for inner, item in value.items))
            case tuple():
                return tuple(self._secret(key, item) for item in value)
        self.counts[name] += 1
        if isinstance(value, bytes):
            return self._mask(value.decode("latin-1")).encode()
        return type(value)(int(self._mask(str(value)).rpartition("-")[2], 16))

    def _text(self, text: str) -> str:
        if not text:
            return text
        masked, names = (self._remembered if len(text) <= _LONGEST_CACHED else self._masked_text)(text)
        self.counts.update(names)
        return masked if names else text

    def _masked_text(self, text: str) -> tuple[str, Sequence[str]]:
        """Return the text with its secrets masked, and a name for each of them."""
        names: list[str] = []

        def masked(secret: str, name: str) -> str:
            scheme, rest = scheme_of(secret)
            if is_placeholder(rest):
                return secret
            names.append(name)
            return scheme + self._mask(rest)

        for pattern in self._own:
            text = pattern.sub(lambda match: _replaced(match, masked(_first(match), _BY_PATTERN)), text)
        lowered = text.lower()
        if any(hint in lowered for hint in HINTS):
            for found in LABELLED:
                text = _applied(found, text, masked)
        return text, tuple(names)

    def _mask(self, value: str) -> str:
        content = value.encode("utf-8", "surrogatepass")
        digits = hashlib.blake2b(content, key=self._key).hexdigest()
        return f"masked-{digits[: _DIGITS_WITH_KEY if self._key else _DIGITS]}"


def _maskable(span: Span) -> tuple[object, ...]:
    return (
        span.name,
        span.status.message,
        span.attributes,
        span.events,
        span.links,
        span.resource,
        span.scope.attributes,
    )


def _applied(found: Found, text: str, masked: Callable[[str, str], str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        label = found.label or match["name"].lower()
        spans = [(*match.span(group), match[group]) for group in found.secrets if match[group]]
        written, end = [], match.start()
        for start, stop, secret in sorted(spans):
            written += [match.string[end:start], masked(secret, label)]
            end = stop
        return "".join([*written, match.string[end : match.end()]])

    return found.pattern.sub(replacement, text)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise PatternError(f"{pattern!r} is not a regular expression: {error}.") from error
    if compiled.match(""):
        raise PatternError(f"{pattern!r} matches empty text: it would mask everything.")
    return compiled


def _named(name: str) -> re.Pattern[str]:
    """Return the pattern for a value that has this name in a query, a form or JSON."""
    return re.compile(rf"(?i)(?<![\w.-]){re.escape(name)}(?:=|[\"']\s{{0,3}}:\s{{0,3}}[\"'])([^&;\s#\"']+)")


def _first(match: re.Match[str]) -> str:
    return match[1] if match.re.groups and match[1] is not None else match[0]


def _replaced(match: re.Match[str], masked: str) -> str:
    if not match.re.groups or match[1] is None:
        return masked
    start, stop = match.start(1) - match.start(), match.end(1) - match.start()
    return match[0][:start] + masked + match[0][stop:]
