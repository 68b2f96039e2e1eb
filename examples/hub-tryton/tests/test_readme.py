"""README.md says what the code does."""

import re
from pathlib import Path

from hub_tryton.settings import Settings

README = Path(__file__).parents[1] / "README.md"


def test_it_describes_every_setting() -> None:
    table = README.read_text(encoding="utf-8").split("## Settings")[1].split("## ", maxsplit=1)[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(Settings.model_fields)
