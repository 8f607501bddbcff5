# /// script
# dependencies = ["opentracing", "tornado"]
# ///
"""A Tornado service fails on import after an upgrade: `No module named 'tornado.stack_context'`.

Cause: opentracing 2.4.0, the last release, keeps the active span of Tornado in `tornado.stack_context`, which
    Tornado 6 removed. Tornado 5 in turn does not import on Python 3.10.
Met: opentracing/opentracing-python#118
Way out: `opentracing.scope_managers.contextvars.ContextVarsScopeManager`, today, before anything else moves.
Found by: `ot2otel record` of the old service: it ends before its first span.
Lanes: pinned, newest
"""

from opentracing.scope_managers.contextvars import ContextVarsScopeManager

assert ContextVarsScopeManager().active is None

failed = ""
try:
    import opentracing.scope_managers.tornado  # noqa: F401
except ImportError as error:
    failed = str(error)
assert not failed, failed
