"""Loading the demo company: half a year in the order in which it would have happened.

Each step is looked up in what the hub already has, so that a load that broke off goes on where it stopped. The last
step is the count that stays offered: where it is there, everything is, and nothing a person did since is touched.
"""

from __future__ import annotations

from datetime import date

from hub.api import Level, Problem
from hub.demo.half_year import (
    AMENDED_DATE,
    DATA,
    EXPORTED_DATES,
    OFFERED_DATE,
    REMAPPED_BEFORE,
    counts_file,
)
from hub.service.companies import add_company, companies, set_company
from hub.service.connecting.standing import connections
from hub.service.connections import add_connection
from hub.service.context import Hub, Refused
from hub.service.exporting import export, exports
from hub.service.importing import import_file
from hub.service.previewing import offered_counts
from hub.service.undoing import confirm

COMPANY = "DEMO"
NAME = "Larkspur Table Group"
CONNECTION = "books"
SETTINGS = {"layout": "iif", "currency": "USD", "classes": "Commissary;Downtown;Harborside"}

_SET_UP = (
    ("gl-accounts", "gl-accounts.csv"),
    ("departments", "departments.csv"),
    ("categories", "categories.csv"),
    ("sites", "sites.csv"),
    ("chart", "chart.csv"),
    ("account-map", "account-map.csv"),
    ("site-map", "site-map.csv"),
    ("opening", "opening.csv"),
    ("transfers", "transfers.csv"),
    ("production", "production.csv"),
)

_START_AGAIN = "Remove the demo company (make reset), or load it into another home."


class DemoNotLoaded(Refused):
    """The demo company cannot be loaded here; its problem says why and what to do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__([Problem(level=Level.PROBLEM, code="demo_not_loaded", message=message, fix=fix)])


def load(hub: Hub) -> None:
    """Load the demo company, or what is missing of it; a loaded one is left as it is. Raises DemoNotLoaded."""
    _found(hub)
    if _is_loaded(hub):
        return
    exported = _exported(hub)
    if not exported:
        _set_up(hub)
    for count_date in EXPORTED_DATES:
        if count_date not in exported:
            _count(hub, count_date)
        _export(hub, count_date)
    _import(hub, "counts", counts_file(AMENDED_DATE, amended=True))
    _import(hub, "counts", counts_file(OFFERED_DATE))


def _found(hub: Hub) -> None:
    """Add the company and its connection where they are not there yet."""
    names = {company["code"]: company["name"] for company in companies(hub)}
    if names.setdefault(COMPANY, NAME) != NAME:
        raise DemoNotLoaded(
            f"The code {COMPANY} is taken by “{names[COMPANY]}”, so the demo company cannot be loaded here.",
            "Load it into another home.",
        )
    if COMPANY not in {company["code"] for company in companies(hub)}:
        add_company(hub, code=COMPANY, name=NAME, currency="USD")
    if CONNECTION not in {connection["name"] for connection in connections(hub, COMPANY)}:
        add_connection(hub, COMPANY, connector="csv_iif", name=CONNECTION, settings=SETTINGS)


def _is_loaded(hub: Hub) -> bool:
    offered = {date.fromisoformat(count["count_date"]) for count in offered_counts(hub, COMPANY)}
    return OFFERED_DATE in offered | _exported(hub)


def _exported(hub: Hub) -> set[date]:
    return {date.fromisoformat(made["count_date"]) for made in exports(hub, COMPANY)}


def _set_up(hub: Hub) -> None:
    for kind, name in _SET_UP:
        _import(hub, kind, name)
    set_company(hub, COMPANY, {"production_variance": "5090"})


def _count(hub: Hub, count_date: date) -> None:
    if count_date == REMAPPED_BEFORE:
        _import(hub, "categories", "categories-remapped.csv")
    _import(hub, "counts", counts_file(count_date))


def _export(hub: Hub, count_date: date) -> None:
    """Export a count, or take up its export where it stands, and confirm that its file was imported."""
    made = export(hub, COMPANY, count_date)
    if made["state"] == "FILE_READY":
        made = confirm(hub, COMPANY, made["export"])
    if made["state"] != "POSTED":
        told = " ".join(problem["message"] for problem in made["problems"])
        raise DemoNotLoaded(f"The demo company's export of {count_date} did not come through. {told}", _START_AGAIN)


def _import(hub: Hub, kind: str, name: str) -> None:
    result = import_file(hub.database, COMPANY, kind, DATA / name, actor=hub.actor, now=hub.clock())
    if not result.stored:
        told = " ".join(error.message for error in result.errors[:3])
        raise DemoNotLoaded(f"The demo company's {kind} were not taken. {told}", _START_AGAIN)
