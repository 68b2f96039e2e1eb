"""What a person chooses a count date from; where there is none, what an export still needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.service.context import Hub
from hub.service.frozen import newest_live
from hub.service.pausing import pause_of
from hub.service.previewing import offered_counts, sites_of
from hub.service.scope import CompanyRows, reading
from hub.store.criteria_rows import approved_counts, open_counts
from hub.store.history_rows import exports_page, site_names

MOST_OPEN = 10


def criteria(hub: Hub, company: str, connection: str) -> dict[str, Any]:
    """Return the counts on offer to a connection, newest first, and how far what an export needs is there.

    counts: as `offered_counts`; missing: the first thing that is missing where nothing is offered (`site`, `map`, `count`,
    `approval`, `newer` or `all_exported`), else empty; open: counts that are not approved; used, mapped: how many GL Accounts
    the categories use, and how many of those are mapped; last: the newest export; mode: who starts exports;
    paused: why nothing is sent there, empty where it is.
    """
    counts = offered_counts(hub, company, connection)
    with reading(hub, company) as rows:
        sites = sites_of(rows, connection)
        site_ids = [rows.ids.sites[code] for code in sites]
        unapproved = open_counts(rows.connection, rows.company_id, site_ids, limit=MOST_OPEN)
        approved = approved_counts(rows.connection, rows.company_id, site_ids)
        used = _used(rows)
        mapped = used & set(rows.setup.account_maps.get(connection, {}))
        last = _last(rows, connection)
        names = {code: site.name for code, site in rows.setup.sites.items()}
        mode = rows.setup.settings.mode.value
        paused = pause_of(hub, rows.connection, rows.company_id, rows.connection_row(connection)["connector"])
        open_ones = [(rows.ids.site_codes[site_id], day) for site_id, day in unapproved]
    return {
        "counts": counts,
        "missing": ""
        if counts
        else _missing(sites=sites, mapped=mapped, approved=approved, open_=open_ones, last=last),
        "sites": {code: names[code] for code in sites},
        "open": [{"site": code, "name": names[code], "count_date": day.isoformat()} for code, day in open_ones],
        "approved": approved,
        "used": len(used),
        "mapped": len(mapped),
        "last": last,
        "mode": mode,
        "paused": "" if paused is None else paused.told,
    }


def names_of_sites(hub: Hub, company: str) -> Mapping[str, str]:
    """Return the name of each of a company's sites, by its code."""
    with reading(hub, company) as rows:
        return site_names(rows.connection, rows.company_id)


def sites_of_date(hub: Hub, company: str, connection: str, count_date: date) -> list[str]:
    """Return the sites that exporting a date is about: those on offer, else those of the newest export that stands."""
    with reading(hub, company) as rows:
        books = rows.books(connection)
        offered = rows.facts.offered(sites_of(rows, books.name))
        sites = [count.site for count in offered if count.count_date == count_date]
        row = None if sites else newest_live(rows, books, count_date)
        return sites if row is None else sorted(rows.exports.sites(row["id"]))


def accounts_of(hub: Hub, company: str, connection: str) -> list[tuple[str, str]]:
    """Return the accounts of a connection's chart: what a decision calls it, and its number and name."""
    with reading(hub, company) as rows:
        chart = rows.setup.chart(rows.books(connection).name)
    return [(account.id or account.number or account.name, account.title) for account in chart.accounts]


def _used(rows: CompanyRows) -> set[str]:
    """Return the GL Accounts that categories in use post to."""
    categories = [category for category in rows.setup.categories.values() if not category.retired]
    return {number for category in categories for number in (category.asset, category.cogs) if number is not None}


def _last(rows: CompanyRows, connection: str) -> dict[str, Any] | None:
    wanted = rows.ids.connections[connection]
    found = exports_page(rows.connection, rows.company_id, connection_id=wanted, sites=None, before=None, limit=1)
    if not found:
        return None
    row = found[0]
    return {
        "export": row["code"],
        "count_date": row["count_date"].isoformat(),
        "created_at": row["created_at"].isoformat(),
        "sites": sorted(rows.exports.sites(row["id"])),
    }


def _missing(*, sites: object, mapped: object, approved: int, open_: object, last: object) -> str:
    if not sites:
        return "site"
    if not mapped:
        return "map"
    if not approved:
        return "approval" if open_ else "count"
    return "all_exported" if last else "newer"
