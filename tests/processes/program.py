"""The program `hub` with the fake ledger's connector installed, for tests that need real processes."""

from functools import partial

import hub.plugins
from hub.app import main
from hub.plugins import load
from hub.service import environment
from hub.testing import connector


def run(plugin: object = connector) -> None:
    """Run the program with one plugin in place of the installed ones."""
    hub.plugins.load = environment.load = partial(load, only=[plugin])
    main()


if __name__ == "__main__":
    run()
