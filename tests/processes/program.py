"""The program `hub` with the fake ledger's connector installed, for tests that need real processes."""

import hub.plugins
from hub.app import main
from hub.plugins import load
from hub.testing import connector


def load_with_the_fake_ledger() -> hub.plugins.Registry:
    return load(only=[connector])


if __name__ == "__main__":
    hub.plugins.load = load_with_the_fake_ledger  # type: ignore[assignment]
    main()
