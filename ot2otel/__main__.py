"""Lets `python -m ot2otel` stand for the command `ot2otel`."""

from ot2otel.cli import main

main(prog_name="ot2otel")
