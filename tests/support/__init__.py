"""Shared by the tests: spans and forests made by hand, services, stand-ins, recordings."""
