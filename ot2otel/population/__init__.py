"""Compares the traffic of two time ranges in the engine that stores it."""
