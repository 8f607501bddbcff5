"""Runs tests in an order of chance: `pytest -p tests.support.shuffled --order 7`.

The same number gives the same order.
"""

from __future__ import annotations

import random

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--order", type=int, help="the order of the tests, any number")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    order = config.getoption("--order")
    if order is not None:
        random.Random(order).shuffle(items)
