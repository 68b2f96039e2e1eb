"""Moving sites to another connection: what will happen in figures, and then that and nothing else.

Other books: each site is closed in the books that it leaves, reversal only, and its opening values are asked for in the new
ones. The same books through another connector: its values are carried over by the next export, through the maps of the
connection it moves to, and nothing is posted for the move itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from hub.api import Account, Problem, Where, amount_text
from hub.domain.canonical import canonical
from hub.domain.facts import OnBooksValue
from hub.domain.resolution import Resolver
from hub.service.closing import close_site, closing_shown
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.enabling.missing import problem
from hub.service.freezing import figures_changed, refused
from hub.service.saving import RowEdit, save_edits
from hub.service.scope import CompanyRows, reading, writing

ASK_OPENING = "ask opening"


class How(StrEnum):
    """What the books that a site moves to are to those that it leaves."""

    OTHER_BOOKS = "other_books"
    SAME_BOOKS = "same_books"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What the books carry for a category, and where; to_asset, to_cogs: where the next export takes it to stand, if it does."""

    category: str
    value: str
    asset: Account
    cogs: Account
    to_asset: Account | None = None
    to_cogs: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One site's move. leaves: the connection whose books carry its inventory, else the one it posts to; hash: of its closing.

    moved: whether it posts to the new connection already; closing: the closing entry, None where none is made.
    """

    site: str
    name: str
    leaves: str
    currency: str
    moved: bool
    values: tuple[Value, ...]
    total: str
    closing: dict[str, Any] | None
    hash: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A move of sites to a connection, as it is shown before it is made."""

    to: str
    how: How
    moves: tuple[Move, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands in the way, of all sites."""
        return tuple(dict.fromkeys(each for move in self.moves for each in move.problems))

    @property
    def hash(self) -> str:
        """What a person confirms: every figure, account and site of it."""
        shown = [[each.site, each.leaves, each.hash, [_text(value) for value in each.values]] for each in self.moves]
        return sha256(canonical([self.to, self.how.value, shown])).hexdigest()


def plan(hub: Hub, company: str, sites: Sequence[str], to: str, how: How, *, on: date | None = None) -> Plan:
    """Return what moving some sites to a connection does. on: the closing entries' date, by default each site's last one's."""
    with reading(hub, company) as rows:
        for site in sites:
            if site not in rows.setup.sites:
                raise not_found("site", site, list(rows.setup.sites))
        name = rows.books(to).name
        return Plan(
            to=name, how=how, moves=tuple(_move(hub, rows, site, name, how, on=on) for site in dict.fromkeys(sites))
        )


def waiting(hub: Hub, company: str) -> list[tuple[str, str, str]]:
    """Return the sites whose inventory stands in the books of another connection than they post to: site, from, to."""
    with reading(hub, company) as rows:
        found = {
            value.site: (value.site, value.connection, rows.setup.sites[value.site].connection or "")
            for value in rows.facts.on_books(list(rows.setup.sites))
            if value.connection != rows.setup.sites[value.site].connection
        }
    return sorted(found.values())


def move(
    hub: Hub,
    company: str,
    shown: Plan,
    expected_hash: str,
    *,
    on: date | None = None,
    decisions: Sequence[str] = (),
) -> dict[str, dict[str, Any]]:
    """Make the move that was shown, and return the closing export of each site that has one (shape `export`), by site.

    A site whose closing entry cannot be posted has moved all the same: nothing is exported for it until it is closed.
    Raises Refused where the figures are others by now, or something stands in the way; then nothing was changed.
    """
    now = plan(hub, company, [each.site for each in shown.moves], shown.to, shown.how, on=on)
    if now.hash != expected_hash:
        raise Refused([figures_changed(shown.to)])
    if now.problems:
        raise Refused(now.problems)
    if now.how is How.OTHER_BOOKS:
        _ask_openings_anew(hub, company, now)
    _post_to(hub, company, now)
    return {
        each.site: _close(hub, company, each, on=on, decisions=decisions)
        for each in now.moves
        if each.closing is not None
    }


def _close(hub: Hub, company: str, of: Move, *, on: date | None, decisions: Sequence[str]) -> dict[str, Any]:
    """Post one site's closing entry; what keeps it from being posted stops no other site's."""
    try:
        return close_site(hub, company, of.site, of.leaves, on=on, decisions=decisions, expected_hash=of.hash)
    except Refused as error:
        assert of.closing is not None
        return refused(date.fromisoformat(of.closing["date"]), error.problems)


def _ask_openings_anew(hub: Hub, company: str, now: Plan) -> None:
    """Forget that the books which a site leaves carry nothing for it: that says nothing of the books which it moves to.

    Done first, so that what breaks off here asks once more than needed, never once less.
    """
    empty = [each.site for each in now.moves if each.closing is None]
    if not empty:
        return
    with writing(hub, company) as rows:
        for site in empty:
            if rows.setup.sites[site].opening_date is not None:
                rows.exports.drop_opening(site)
                rows.exports.audit(ASK_OPENING, site, {"to": now.to}, actor=hub.actor, now=hub.clock())


def _post_to(hub: Hub, company: str, now: Plan) -> None:
    """Have the sites post to the new connection from now on, all of them or none."""
    edits = [
        RowEdit(
            key=(each.site,),
            before={"name": each.name, "connection": each.leaves},
            after={"name": each.name, "connection": now.to},
        )
        for each in now.moves
        if not each.moved
    ]
    if edits:
        save_edits(hub, company, "sites", edits)


def _move(hub: Hub, rows: CompanyRows, code: str, to: str, how: How, *, on: date | None) -> Move:
    site, values = rows.setup.sites[code], [each for each in rows.facts.on_books([code]) if each.value]
    standing = next((each.connection for each in values), "")
    leaves = standing or site.connection or ""
    found = Move(
        site=code,
        name=site.name,
        leaves=leaves,
        currency=site.currency,
        moved=site.connection == to,
        values=tuple(_value(each, site.currency) for each in values),
        total=amount_text(sum(each.value for each in values), site.currency),
        closing=None,
        hash="",
        problems=tuple(_in_the_way(rows, code, leaves, to, how)),
    )
    if not values or found.problems:
        return found
    return _closed(hub, rows, found, on) if how is How.OTHER_BOOKS else _carried(rows, found, values, to)


def _value(each: OnBooksValue, currency: str) -> Value:
    return Value(category=each.category, value=amount_text(each.value, currency), asset=each.asset, cogs=each.cogs)


def _closed(hub: Hub, rows: CompanyRows, found: Move, on: date | None) -> Move:
    try:
        hash_, closing = closing_shown(hub, rows, found.site, found.leaves, on=on)
    except Refused as error:
        return replace(found, problems=error.problems)
    return replace(found, hash=hash_, closing=closing)


def _carried(rows: CompanyRows, found: Move, values: Sequence[OnBooksValue], to: str) -> Move:
    """Say where each value is taken to stand: its GL Accounts through the maps of the connection it moves to."""
    resolver, problems, carried = Resolver(rows.setup, to), [], []
    for each, shown in zip(values, found.values, strict=True):
        where = Where(site=each.site, category=each.category, connection=to)
        asset = resolver.gl_account(each.asset_gl, part="asset", where=replace(where, gl_account=each.asset_gl))
        cogs = resolver.gl_account(each.cogs_gl, part="cogs", where=replace(where, gl_account=each.cogs_gl))
        problems += [resolved.problem for resolved in (asset, cogs) if resolved.problem is not None]
        carried.append(replace(shown, to_asset=asset.account, to_cogs=cogs.account))
    return replace(found, values=tuple(carried), problems=tuple(problems))


def _in_the_way(rows: CompanyRows, code: str, leaves: str, to: str, how: How) -> Iterator[Problem]:
    site, where = rows.setup.sites[code], Where(site=code, connection=to)
    if leaves == to:
        yield problem(
            "already_there", f"{site.name} posts to {to} already, and its inventory stands there.", where=where
        )
    for each in rows.facts.unsettled([code]):
        said = f"Export {each.export} ({each.count_date}) of {site.name} has not come to rest."
        yield problem(
            "file_not_confirmed" if each.file else "export_in_progress",
            said,
            "Confirm or undo it first." if each.file else "Wait for it, or look at it under Export History.",
            replace(where, export=each.export),
        )
    if site.currency != rows.setup.books[to].currency:
        said = f"{site.name} is counted in {site.currency}, but the books of {to} are kept in {rows.setup.books[to].currency}."
        yield problem("currency_mismatch", said, "Choose books in its own currency.", where)
    yield from _what_books_are(rows, leaves, to, how)


def _what_books_are(rows: CompanyRows, leaves: str, to: str, how: How) -> Iterator[Problem]:
    """Yield what is known to be otherwise than was said: two connections of one connector whose companies are chosen."""
    if not leaves or leaves == to:
        return
    one, other = rows.connection_row(leaves), rows.connection_row(to)
    if one["chosen_at"] is None or other["chosen_at"] is None or one["connector"] != other["connector"]:
        return
    same = one["books"] == other["books"] and one["environment"] == other["environment"]
    if same and how is How.OTHER_BOOKS:
        said = f"{leaves} and {to} both lead to {one['books_name']}: these are the same books, which are not closed."
        yield problem("same_books", said, "Choose the same books.", Where(connection=to))
    if not same and how is How.SAME_BOOKS:
        said = f"{leaves} leads to {one['books_name']} and {to} to {other['books_name']}: these are other books."
        yield problem("other_books", said, "Choose other books.", Where(connection=to))


def _text(value: Value) -> list[str]:
    accounts = (value.asset, value.cogs, value.to_asset, value.to_cogs)
    return [
        value.category,
        value.value,
        *("" if each is None else f"{each.id}/{each.number}/{each.name}" for each in accounts),
    ]


def how_from(text: str) -> How:
    """Read what somebody chose; refuses anything else."""
    try:
        return How(text)
    except ValueError as error:
        raise refuse("how_needed", "Choose whether they are other books or the same ones.") from error
