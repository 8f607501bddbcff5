# /// script
# dependencies = ["opentelemetry-api"]
# ///
"""The service does not start: ValueError, `Propagator ... not found`.

Cause: `opentelemetry.propagate` loads every name of OTEL_PROPAGATORS when it is imported, and lets the error
    through. The propagators jaeger, b3, xray and ottrace are packages of their own.
Met: open-telemetry/opentelemetry-python-contrib#1743
Way out: Install the package with the variable: `pip install opentelemetry-propagator-jaeger`.
Found by: `ot2otel translate-config FILE` names the packages to install.
Lanes: pinned, newest
"""

import os

os.environ["OTEL_PROPAGATORS"] = "tracecontext,ottrace"
raised = ""
try:
    import opentelemetry.propagate  # noqa: F401
except ValueError as error:
    raised = str(error)
assert not raised, f"import raised ValueError: {raised}"
