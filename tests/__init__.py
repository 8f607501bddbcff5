"""The tests, laid out as the package is."""

import os
import sys

# Tests import gRPC for clients, before a receiver can start it without its handlers of forks.
if sys.version_info < (3, 11):
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
