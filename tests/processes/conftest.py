"""An installation whose ledger and workers are processes of their own, ended with the test even when it fails."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from hub.domain.posting import Timing
from tests.processes.installation import QUICK, Installation

MakeInstallation = Callable[..., Installation]

SOAK = settings.get_current_profile_name() != "test"
KILLS = int(os.environ.get("HUB_KILLS") or (20 if SOAK else 1))
"""How often workers are killed, on each kind of database."""


@pytest.fixture
def install(database_url: str, tmp_path: Path) -> Iterator[MakeInstallation]:
    """Makes an installation, with its ledger started."""
    made: list[Installation] = []

    def make(*ledger: str, timing: Timing = QUICK) -> Installation:
        made.append(Installation(database_url, tmp_path / "home", timing=timing))
        made[-1].ledger(*ledger)
        return made[-1]

    yield make
    for installation in made:
        installation.close()
