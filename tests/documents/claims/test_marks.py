"""Every claim of the documents has its test, and every test of a claim its claim."""

from __future__ import annotations

import re

from tests.documents.claims import marks
from tests.support.runs import ROOT

TEXTS = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")]


def test_every_claim_has_a_test_and_every_test_of_a_claim_its_claim() -> None:
    made = {claim for text in TEXTS for claim in marks.made(text)}

    assert made == set(marks.tests())


def test_every_claim_leads_to_the_file_of_its_test() -> None:
    for text in TEXTS:
        leads = dict(re.findall(r"^\[([\w-]+)\]: \.\./tests/documents/claims/(\S+)$", text, re.MULTILINE))

        assert leads == {claim: marks.tests()[claim].name for claim in marks.made(text)}


def test_there_are_at_least_forty_claims() -> None:
    assert len(marks.tests()) >= 40
