"""Makes the golden files of this dependency lane again: `python -m tests.golden`.

`make golden` does so in both lanes.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.golden import JAEGER_URL
from tests.golden.fleet import LANE
from tests.support.runs import ROOT

# By lane, the modules that make them, each a program of its own.
MAKERS = {
    "pinned": ("capture_packets", "record_flows", "record_conventions", "capture_jaeger", "fleet", "beside"),
    "newest": ("fleet", "beside"),
}


def main() -> None:
    for maker in MAKERS[LANE]:
        if maker == "capture_jaeger" and not os.environ.get(JAEGER_URL):
            print(
                f"{maker}: {JAEGER_URL} names no Jaeger that runs, so tests/golden/jaeger is left as it is."
            )
            continue
        print(f"{maker}, in the {LANE} lane", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.golden.{maker}"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
