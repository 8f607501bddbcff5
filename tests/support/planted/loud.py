"""A service that writes control characters to its log, and does not start."""

import sys

print("\x1b]0;owned\x07\u202e", flush=True)
sys.exit("\x1b[2J")
