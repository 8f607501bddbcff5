"""What the workbench raises when it cannot answer; a wrong trace is a verdict, never an error."""


class Ot2OtelError(Exception):
    """Base of every error a user can meet; its text says what happened and what to do."""


class WireError(Ot2OtelError):
    """A message is not what its format says; the only error that leaves a decoder."""
