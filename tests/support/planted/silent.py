"""Native services that export nothing."""

import os

from otel_native.__main__ import main
from otel_native.tracing import start_tracing

if __name__ == "__main__":
    os.environ["OTEL_TRACES_EXPORTER"] = "none"
    main(obj=start_tracing)
