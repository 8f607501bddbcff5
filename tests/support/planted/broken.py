"""A service that does not come up."""

import sys

sys.exit("no configuration found")
