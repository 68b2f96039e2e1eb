"""Company Settings > Accounting: how and when inventory is posted, where each site posts to, and the due accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from hub.domain.access import Feature
from hub.service.companies import SettingsRefused, company_settings, set_company
from hub.service.set_up import due_accounts, gl_account_list, settings_changed, sites
from hub.web.accounts import gl_title
from hub.web.edited_pages import gl_choices, saved, shared
from hub.web.editing import finds, sheet
from hub.web.routes import Menu, page
from hub.web.row_edits import WAS, Columns, Sent, Wrong, asked_rows, back, here, row_field

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/c/{company}/settings/accounting"
WORDS: Mapping[str, Mapping[str, str]] = {
    "method": {"reversal": "Reversal, then new value", "net_change": "Net change"},
    "reversal_date": {
        "count": "The count date, in the same entry",
        "day_after_prior": "The day after the previous exported count, in an entry of their own",
    },
    "entry_per": {"connection": "One for all sites of a connection", "site": "One for each site"},
    "transfers": {"with_adjustments": "Posted with the adjustments", "off": "Not posted"},
    "production": {"with_adjustments": "Posted with the adjustments", "off": "Not posted"},
    "mode": {"manual": "Manual", "automatic": "Automatic", "paused": "Paused"},
}
"""What each choice is called; its key is how it is kept."""
INVALID: Mapping[str, str] = {
    "production_variance": "Choose one of the GL Accounts.",
    "go_live": "Type a date from 1990 to 2100, such as 2026-10-31.",
    "automatic_limit": "Type an amount such as 1000.00, with no more decimals than the currency has.",
    "automatic_at": "Type a time of day such as 06:30.",
    "time_zone": "Choose one of the time zones, such as America/New_York.",
}
NO_LIMIT = (
    "Set the largest change of inventory that may be exported by itself, such as 1000.00, or choose another mode."
)
SITE_COLUMNS: Columns = {"name": None, "connection": None}


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


@page(
    "GET", AT, needs=Feature.SETUP, menu=Menu(section="Company Setup", title="Company Settings - Accounting", order=30)
)
def show(visit: Visit) -> Response:
    """Show how and when the company's inventory is posted."""
    return _shown(visit, Sent())


@page("POST", AT, needs=Feature.SETUP)
def change(visit: Visit) -> Response:
    """Save the settings that were changed."""
    offered = gl_choices(gl_account_list(visit.hub, visit.company).gl_accounts)

    def text(name: str, field: str) -> str:
        held = visit.form.get(field)
        return offered.value(held) if name == "production_variance" else held

    names = [name for name in (*WORDS, *INVALID) if name in visit.form]
    before = {name: text(name, WAS + name) for name in names}
    after = {name: text(name, name) for name in names}
    changed = {name: value for name, value in after.items() if value != before[name]}
    try:
        set_company(visit.hub, visit.company, changed, shown=before)
    except SettingsRefused as refused:
        wrong = [
            Wrong(field=name, message=_said(name, after[name], problem.code, f"{problem.message} {problem.fix}"))
            for name, problem in refused.by_setting.items()
        ]
        return _shown(visit, Sent(form=visit.form, wrong=wrong), status=422)
    return visit.go(here(visit), told="Saved. It holds from the next export on." if changed else "Nothing was changed.")


def _said(name: str, typed: str, code: str, message: str) -> str:
    """Return what is wrong with a setting in the words of its page."""
    if code == "changed_meanwhile":
        for kept, words in WORDS.get(name, {}).items():
            message = message.replace(f"it is now {kept}.", f"it is now “{words}”.")
        return message
    if name == "automatic_limit" and not typed:
        return NO_LIMIT
    return INVALID.get(name, "Choose one of these.")


def _shown(visit: Visit, sent: Sent, status: int = 200) -> Response:
    accounts = gl_account_list(visit.hub, visit.company).gl_accounts
    offered = gl_choices(accounts)
    found = company_settings(visit.hub, visit.company)
    return visit.html(
        "setup/settings.html",
        status=status,
        **_shared(visit, sent),
        held={name: "" if value is None else str(value) for name, value in found.items()},
        words={name: list(words.items()) for name, words in WORDS.items()},
        choices=offered,
        groups=[("", offered.options)],
        zones=[(name, name) for name in _zones()],
        changed=settings_changed(visit.hub, visit.company),
    )


@page("GET", AT + "/sites", needs=Feature.SETUP)
def show_sites(visit: Visit) -> Response:
    """Show which connection each site posts to."""
    return _sites(visit, Sent())


@page("POST", AT + "/sites", needs=Feature.SETUP)
def change_sites(visit: Visit) -> Response:
    """Save names of sites and the connections they post to."""
    return saved(visit, "sites", asked_rows(visit.form, SITE_COLUMNS, 1), SITE_COLUMNS, show=_sites)


def _sites(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = sites(visit.hub, visit.company)
    text = visit.query.get("find")
    rows = [each for each in found.sites if (each.code,) in sent.rows or finds(text, each.code, each.name)]
    return visit.html(
        "setup/sites.html",
        status=status,
        **_shared(visit, sent),
        rows=sheet(rows, visit.query),
        connections=[(each.name, f"{each.name} ({each.label})") for each in visit.heading.connections],
        changed=found.changed,
        field=row_field,
    )


@page("GET", AT + "/due-accounts", needs=Feature.SETUP)
def show_due_accounts(visit: Visit) -> Response:
    """Show the GL Accounts of what one connection owes another after a transfer."""
    return _due_accounts(visit, Sent())


@page("POST", AT + "/due-accounts", needs=Feature.SETUP)
def change_due_accounts(visit: Visit) -> Response:
    """Save due accounts; a pair whose accounts are both empty has none any more."""
    offered = gl_choices(due_accounts(visit.hub, visit.company).gl_accounts)
    columns: Columns = {"due_from": offered, "due_to": offered}
    asked = [
        each if any((each.edit.after or {}).values()) else replace(each, edit=replace(each.edit, after=None))
        for each in asked_rows(visit.form, columns, 2)
    ]
    return saved(visit, "due-accounts", asked, columns, show=_due_accounts)


def _due_accounts(visit: Visit, sent: Sent, status: int = 200) -> Response:
    found = due_accounts(visit.hub, visit.company)
    rows = sheet(list(found.pairs.items()), visit.query)
    offered = gl_choices(found.gl_accounts, 2 * len(rows.rows))
    return visit.html(
        "setup/due_accounts.html",
        status=status,
        **_shared(visit, sent),
        rows=rows,
        choices=offered,
        groups=[("", offered.options)],
        titles={number: gl_title(each) for number, each in found.gl_accounts.items()},
        changed=found.changed,
        field=row_field,
    )


def _shared(visit: Visit, sent: Sent) -> dict[str, Any]:  # Any: what a template uses
    tabs = {"Accounting": (), "Sites": ("sites",), "Due accounts": ("due-accounts",)}
    paths = [(words, visit.path("settings", "accounting", *parts, back=back(visit))) for words, parts in tabs.items()]
    return {**shared(visit, sent), "tabs": paths}
