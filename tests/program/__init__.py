"""Tests of the flows, as real processes over real wires."""
