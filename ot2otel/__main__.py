"""The program `ot2otel`, also as `python -m ot2otel`."""

import signal

# Nothing has to be cleaned up before a command runs: Ctrl-C during the imports ends the process at once, and
# leaves no traceback of an import.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ot2otel import cli  # after the signal
from ot2otel.cli.endings import leave


def main() -> None:
    """Run the command that the command line names."""
    try:
        cli.main(prog_name="ot2otel")
    except SystemExit as ended:
        leave(ended.code)


if __name__ == "__main__":
    main()
