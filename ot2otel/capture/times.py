"""Masks times in an answer: they differ in each run. A time of long ago is data, and stays."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Sequence
from time import strptime

MASK = "<time>"
_DAY = 86_400.0  # seconds
_DATE_TIME = re.compile(
    r"\b(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)"
    r"(?:[.,]\d{1,9})?(?:Z\b|\s?[+-]\d\d:?\d\d\b)?"
)
_HTTP_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?P<when>\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d) GMT\b"
)
_C_TIME = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<when>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\b"
)
# Seconds, with or without a fraction, milliseconds, microseconds, nanoseconds since the epoch.
_EPOCH = re.compile(r"(?<![\w.])(?P<seconds>[12]\d{9})(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?![\w.])")
_FORMATS = ("%d %b %Y %H:%M:%S", "%b %d %H:%M:%S %Y")


def without_times(text: str, now: float) -> str:
    """Return the text with `<time>` for each time from a day before `now`, seconds since the epoch, on.

    Known are ISO 8601 and RFC 3339, HTTP's dates, C's `ctime`, and numbers since the epoch; these up to a day
    after `now` only. Source of the forms: RFC 3339, RFC 9110 section 5.6.7, C's asctime.
    """
    earliest = now - _DAY

    def date_time(match: re.Match[str]) -> str:
        seconds = match["time"] if match["time"].count(":") == 2 else f"{match['time']}:00"
        return _unless_before(earliest, match[0], f"{match['date']} {seconds}", ("%Y-%m-%d %H:%M:%S",))

    def written(match: re.Match[str]) -> str:
        return _unless_before(earliest, match[0], match["when"], _FORMATS)

    def number(match: re.Match[str]) -> str:
        return MASK if earliest <= int(match["seconds"]) <= now + _DAY else match[0]

    text = _DATE_TIME.sub(date_time, text)
    text = _C_TIME.sub(written, _HTTP_DATE.sub(written, text))
    return _EPOCH.sub(number, text)


def _unless_before(earliest: float, text: str, when: str, formats: Sequence[str]) -> str:
    for form in formats:
        try:
            return MASK if timegm(strptime(when, form)) >= earliest else text
        except ValueError:
            continue
    return text
