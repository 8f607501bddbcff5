"""Log lines with the ids of the span that they were written in."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping

FORMAT = "%(asctime)s %(levelname)s [%(name)s] [trace_id=%(trace_id)s span_id=%(span_id)s] %(message)s"
NO_SPAN = {"trace_id": "0" * 32, "span_id": "0" * 16}


def start_logging(ids: Callable[[], Mapping[str, str]]) -> None:
    """Log to standard error with the active span's ids, if OTEL_PYTHON_LOG_CORRELATION is `true`.

    OTEL_PYTHON_LOG_LEVEL is the lowest level, by default `info`; ValueError if there is no such level. Every
    record of every logger gets the fields `trace_id` (32 digits) and `span_id` (16).
    """
    if os.environ.get("OTEL_PYTHON_LOG_CORRELATION", "").lower() != "true":
        return
    logging.basicConfig(format=FORMAT, level=os.environ.get("OTEL_PYTHON_LOG_LEVEL", "info").upper())
    make_record = logging.getLogRecordFactory()

    def correlated(*args: object, **fields: object) -> logging.LogRecord:
        record: logging.LogRecord = make_record(*args, **fields)
        vars(record).update(NO_SPAN | dict(ids()))
        return record

    logging.setLogRecordFactory(correlated)
