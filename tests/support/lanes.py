"""Which tests can't differ between the dependency lanes: they import no library that does.

They read spans, judge them and show what they found. The lane of constraints.txt runs them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
_ALIKE = ("acceptance", "compare", "population", "report")
# These start services, or look into a library.
_MAY_DIFFER = (
    "compare/rules/test_currency.py",
    "compare/test_diagnoses.py",
    "population/test_conversion.py",
    "population/test_engines.py",
    "report/html/test_examples.py",
    "report/html/test_in_chromium.py",
    "report/html/test_page.py",
    "report/html/test_words.py",
)


def alike() -> Iterator[Path]:
    """Yield the paths of the test modules that can't differ."""
    for directory in _ALIKE:
        for path in sorted((TESTS / directory).rglob("test_*.py")):
            if path.relative_to(TESTS).as_posix() not in _MAY_DIFFER:
                yield path
