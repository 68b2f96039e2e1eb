"""The table of alarms in docs/support.md has every alarm of the records, and those of the night."""

from __future__ import annotations

import re
from pathlib import Path

from hub.service.alarms import records

PAGE = Path(__file__).parents[2] / "docs" / "support.md"
BY_NIGHT = {"reconnect_needed", "not_reached", "connector_failed", "wrong_company", "not_checked", "settings_invalid"}


def test_every_alarm_is_in_the_table_with_what_it_means_and_what_to_do() -> None:
    section = PAGE.read_text("utf-8").partition("## Alarms")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.+ \| .+) \|$", section))
    told = {each.code for each in vars(records).values() if isinstance(each, records.Told)}
    told |= {each.code for each in records.PARKED.values()}
    assert (told | BY_NIGHT) - rows.keys() == set()
    assert all(len(row) > 20 for row in rows.values())
