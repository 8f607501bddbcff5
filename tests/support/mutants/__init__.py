"""Runs the tests of the engine on mutants of it: the operators are mutmut's, the runner is our own.

One process imports and collects everything once. Each mutant gets a fork of it, in which the code of one
function is replaced. So a killed mutant costs a fraction of a second.
"""
