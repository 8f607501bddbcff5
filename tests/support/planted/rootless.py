"""Native services whose front one exports nothing: the other one's spans have no root."""

import os
import sys

from otel_native.__main__ import main
from otel_native.tracing import start_tracing

if __name__ == "__main__":
    if "server-1" in sys.argv:
        os.environ["OTEL_TRACES_EXPORTER"] = "none"
    main(obj=start_tracing)
