"""Tests of the programs that are measured."""
