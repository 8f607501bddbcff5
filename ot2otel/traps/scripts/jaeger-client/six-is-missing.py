# /// script
# dependencies = ["jaeger-client"]
# ///
"""A fresh image of the old service does not start: `ModuleNotFoundError: No module named 'six'`.

Cause: jaeger-client 4.8.0, the last release, imports `six` through its generated Thrift code and does not
    declare it. It came with thrift until a release of thrift left it out.
Met: jaegertracing/jaeger-client-python#309 (on its use of six)
Way out: Add `six` to the requirements of the old service, and pin the versions that it has today.
Found by: `ot2otel record` of the old service in a fresh environment: it ends before its first span.
Lanes: pinned, newest
"""

from importlib import metadata

required = [each.split()[0].lower() for each in metadata.requires("jaeger-client")]
needed = [
    *required,
    *(each for name in ("thrift", "tornado", "threadloop") for each in metadata.requires(name) or ()),
]
declared = any(each.startswith("six") for each in needed)
assert declared, "neither jaeger-client nor what it requires declares six"
