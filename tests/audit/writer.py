"""A process that writes to the trail of a company while others do: `python -m tests.audit.writer URL HOME DAY`."""

import sys
from pathlib import Path

from hub.plugins import load
from tests.audit.home import settles
from tests.reporting.home import opened

TIMES = 8


def main() -> None:
    url, home, day = sys.argv[1:]
    with opened(url, Path(home), load(only=[])) as hub:
        for _ in range(TIMES):
            for each in (int(day), int(day) + 1):
                settles(hub, each)


if __name__ == "__main__":
    main()
