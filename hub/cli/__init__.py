"""The command line: `hub …`."""

from hub.cli.opener import CannotOpen, Opener
from hub.cli.program import run

__all__ = ["CannotOpen", "Opener", "run"]
