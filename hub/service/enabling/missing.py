"""What a connection still lacks before its first export, each with where it is put right."""

from __future__ import annotations

from hub.api import Level, Problem, Where
from hub.domain.resolution import Resolver
from hub.service.map_health import SiteFinding, Trouble, findings_of_sites
from hub.service.previewing import sites_of
from hub.service.scope import CompanyRows
from hub.service.setup_suggestions import why_no_journal


def problem(code: str, message: str, fix: str = "", where: Where | None = None) -> Problem:
    """Return something that is missing."""
    return Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=where or Where())


def accounts_missing(rows: CompanyRows, connection: str) -> list[Problem]:
    """Return what keeps counted categories from being posted: accounts not set, not mapped, of a wrong type, or closed there."""
    in_use = [name for name, each in rows.setup.categories.items() if not each.retired]
    if not rows.setup.gl_accounts:
        return [problem("no_gl_accounts", "There are no GL Accounts yet.", "Import them, or type them in.")]
    if not in_use:
        return [problem("no_categories", "There are no inventory categories yet.", "Import them.")]
    found: list[Problem] = []
    resolver = Resolver(rows.setup, connection)
    for site in sites_of(rows, connection):
        for category in in_use:
            sides = resolver.counted(category, site, found)
            accounts = {each.gl_account: each.account for each in sides if each.account is not None}
            found.extend(
                problem(
                    "account_inactive",
                    f"GL Account {number}: {why}",
                    where=Where(gl_account=number, connection=connection),
                )
                for number, account in accounts.items()
                if (why := why_no_journal(account))
            )
    return _once(found)


def _once(found: list[Problem]) -> list[Problem]:
    """Return each problem once: of a GL Account one, whichever categories and sites need it."""
    first: dict[tuple[str, str], Problem] = {}
    for each in found:
        about = each.where.gl_account or each.where.category
        first.setdefault((each.code, about), each)
    return list(first.values())


def sites_missing(rows: CompanyRows, connection: str) -> list[Problem]:
    """Return what is missing of the sites' dimensions: one that is needed, or a value that is there no more."""
    own = sites_of(rows, connection)
    if not rows.setup.sites:
        return [problem("no_sites", "There are no sites yet.", "Import them.")]
    if not own:
        message = f"No site posts to {connection} yet."
        fix = "Choose which sites post there."
        return [problem("no_site", message, fix, Where(connection=connection))]
    return [
        _dimension_missing(rows, connection, each) for each in findings_of_sites(rows, rows.connection_row(connection))
    ]


def _dimension_missing(rows: CompanyRows, connection: str, found: SiteFinding) -> Problem:
    name, where = rows.setup.sites[found.site].name, Where(site=found.site, connection=connection)
    if found.trouble is Trouble.MISSING:
        return problem("dimension_required", f"{name} has no {found.label}, which every line there needs.", where=where)
    message = f"{found.label} {found.value} of {name} is not, or no longer, there to choose."
    return problem("dimension_missing", message, where=where)


def openings_missing(rows: CompanyRows, connection: str) -> list[Problem]:
    """Return the sites of which it is not known what the books carry, and those whose values stand in other books."""
    own = sites_of(rows, connection)
    elsewhere = {value.site: value.connection for value in rows.facts.on_books(own) if value.connection != connection}
    return [each for site in own if (each := _opening_missing(rows, connection, site, elsewhere.get(site, "")))]


def _opening_missing(rows: CompanyRows, connection: str, site: str, elsewhere: str) -> Problem | None:
    name, where = rows.setup.sites[site].name, Where(site=site, connection=connection)
    if elsewhere:
        message = f"{name} moved here, and its inventory still stands in the books of {elsewhere}."
        return problem("site_moved", message, "Say whether they are the same books or others.", where=where)
    if rows.setup.sites[site].opening_date is None:
        return problem("opening_not_decided", f"It is not known what the books carry for {name}.", where=where)
    return None
