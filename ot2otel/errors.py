"""Errors of the workbench; a wrong trace is never an error, it is a verdict."""


class Ot2OtelError(Exception):
    """Base of all errors that a user can meet; the text tells the problem and the remedy."""


class WireError(Ot2OtelError):
    """A message breaks the rules of its format; the only error that a decoder raises."""
