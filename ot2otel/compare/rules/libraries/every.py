"""The rules for all libraries, together."""

from __future__ import annotations

from ot2otel.compare.rules.libraries.celery import CELERY
from ot2otel.compare.rules.libraries.clients import CLIENTS
from ot2otel.compare.rules.libraries.databases import DATABASES
from ot2otel.compare.rules.libraries.grpc import GRPC
from ot2otel.compare.rules.libraries.instrumentation import INSTRUMENTATION
from ot2otel.compare.rules.libraries.servers import SERVERS
from ot2otel.compare.rules.libraries.sqlalchemy import SQLALCHEMY

LIBRARIES = (*INSTRUMENTATION, *SERVERS, *CLIENTS, *DATABASES, *SQLALCHEMY, *CELERY, *GRPC)
