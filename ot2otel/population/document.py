"""A comparison of populations as one JSON document for programs."""

from __future__ import annotations

from typing import Any

from ot2otel.population.chances import FEWEST_TRACES, FormShift
from ot2otel.population.comparing import MeasuredShift, PopulationVerdict
from ot2otel.population.forms import Form, PopulationFinding
from ot2otel.population.measures import QUANTILES
from ot2otel.population.shifts import LEVEL, MIN_BLOCKS, MIN_SAMPLE, Shift
from ot2otel.population.side import Summary
from ot2otel.population.text import sentence
from ot2otel.report.json import finding_entry

Json = dict[str, Any]  # Any: a JSON value of any type

# The version of the document. It grows if a key changes its meaning or goes, not if one comes.
VERSION = 1


def document(verdict: PopulationVerdict, seconds: float) -> Json:
    """Return the document: all findings, and all comparisons, the news first."""
    forms, traces = verdict.unsure
    return {
        "version": VERSION,
        "verdict": ("equivalent", "different", "undecided")[verdict.exit_code],
        "sentence": sentence(verdict),
        "before": _side(verdict.before),
        "after": _side(verdict.after),
        "notes": list(verdict.notes),
        "findings": [_finding(each) for each in verdict.findings],
        "forms": [_form(each) for each in verdict.forms],
        "shifts": [_measured(each) for each in verdict.shifts],
        "durations": _durations(verdict),
        "unsure": {"forms": forms, "traces": traces},
        "too_few": list(verdict.too_few),
        "method": {
            "comparisons": verdict.comparisons,
            "level": LEVEL,
            "correction": "Holm",
            "minimum_traces": MIN_SAMPLE,
            "minimum_blocks": MIN_BLOCKS,
            "minimum_traces_of_a_form": FEWEST_TRACES,
            "quantiles": "exact",
        },
        "seconds": round(seconds, 3),
    }


def _side(side: Summary) -> Json:
    return {
        "name": side.name,
        "traces": side.traces,
        "spans": side.spans,
        "forms": side.forms,
        "collisions": side.collisions,
        "first": side.first,
        "last": side.last,
    }


def _finding(each: PopulationFinding) -> Json:
    operations = [{"operation": operation, "traces": traces} for operation, traces in each.operations]
    return {**finding_entry(each.finding), "n": each.n, "of": each.of, "operations": operations}


def _form(each: FormShift) -> Json:
    return {
        "before": _of_form(each.pair.before) if each.pair.before else None,
        "after": _of_form(each.pair.after) if each.pair.after else None,
        "is_new": each.pair.is_new,
        "share": _shift(each.shift),
    }


def _of_form(form: Form) -> Json:
    return {
        "operation": form.operation,
        "traces": form.traces,
        "examples": [spans[0].trace_id for spans in form.examples[:3]],
    }


def _measured(each: MeasuredShift) -> Json:
    return {
        "measure": each.measure.name,
        "of": each.measure.operation,
        "key": each.measure.detail or None,
        "renamed": each.renamed or None,
        **_shift(each.shift),
    }


def _shift(shift: Shift) -> Json:
    return {
        "before": shift.before,
        "after": shift.after,
        "interval": [shift.low, shift.high],
        "p": shift.p,
        "is_news": shift.is_news,
    }


def _durations(verdict: PopulationVerdict) -> Json:
    """Return the quantiles of the root's duration, in nanoseconds, by operation."""
    return {
        side: {
            operation: {f"p{share * 100:g}": value for share, value in zip(QUANTILES, values, strict=True)}
            for operation, values in found.items()
        }
        for side, found in zip(("before", "after"), verdict.quantiles, strict=True)
    }
