"""Native services that take 7 s to deliver their spans, as on a busy machine."""

import os
import time
from dataclasses import replace

from otel_native.__main__ import main
from otel_native.tracing import Tracing, start_tracing


def start_slowly(service: str) -> Tracing:
    tracing = start_tracing(service)

    def close() -> None:
        time.sleep(7)
        tracing.close()

    return replace(tracing, close=close)


if __name__ == "__main__":
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "60000"  # nothing is sent before the end
    main(obj=start_slowly)
