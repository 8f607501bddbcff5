"""The judgement of two paired spans: every fact of either gets exactly one grade."""

from ot2otel.compare.judgement.grades import GRADES, UNEXPLAINED, Grade
from ot2otel.compare.judgement.judging import StepFor, judge_spans
from ot2otel.compare.judgement.reads import Guard, Read, Values
from ot2otel.compare.judgement.settled import Judgement, Settled
from ot2otel.compare.judgement.unchanged import FLAGS_NOT_CARRIED

__all__ = [
    "FLAGS_NOT_CARRIED",
    "GRADES",
    "UNEXPLAINED",
    "Grade",
    "Guard",
    "Judgement",
    "Read",
    "Settled",
    "StepFor",
    "Values",
    "judge_spans",
]
