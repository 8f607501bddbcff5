"""A service that does not start."""

import sys

sys.exit("no configuration found")
