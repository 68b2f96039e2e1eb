"""What to show of the demo company: a journal, its file, and what to try next."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.demo.half_year import OFFERED_DATE
from hub.demo.loading import COMPANY
from hub.service.context import Hub
from hub.service.exporting import exports
from hub.service.previewing import preview

Shown = dict[str, Any]  # the shapes of --json


def show(hub: Hub) -> Shown:
    """Return the demo company's offered journal, its newest export and five commands.

    preview: the journal offered next; export: the newest one that stands, its files in its postings' receipts;
    journal: the entries of that export, as a preview; commands: five texts that begin with `hub `.
    """
    made = exports(hub, COMPANY)
    newest = next((each for each in made if each["state"] != "UNDONE"), made[0])
    return {
        "preview": preview(hub, COMPANY, OFFERED_DATE),
        "export": newest,
        "journal": preview(hub, COMPANY, date.fromisoformat(newest["count_date"])),
        "commands": _commands(newest["export"]),
    }


def _commands(export: str) -> list[str]:
    count = f"--count {OFFERED_DATE.isoformat()} --company {COMPANY}"
    return [
        f"hub preview {count}",
        f"hub report {count}",
        f"hub export {count}",
        f"hub exports --company {COMPANY}",
        f"hub files {export} --company {COMPANY} --layout generic --out .",
    ]
