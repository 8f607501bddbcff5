"""The micro table, a group for each operation, a row for each variant.

Run it with `pytest benchmarks/test_operations.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ot2otel.lab.overhead.programs.operations import OPERATIONS, VARIANTS

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

pytestmark = [
    # jaeger-client leaves its sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation(benchmark: BenchmarkFixture, operation: str, variant: str) -> None:
    name, level = OPERATIONS[operation]
    benchmark.group = operation

    benchmark(VARIANTS[variant](level)[name])
