"""The program `hub` as an older version of it, whose queued work has another shape."""

import hub
from hub.engine import library
from tests.processes.program import run

if __name__ == "__main__":
    hub.__version__ = "0.0.1"
    library.SHAPE = "0"
    run()
