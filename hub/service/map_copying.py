"""Account maps taken over from another connection through the same connector, after a look at what would be taken.

In the same books an account is known by its id; in other books by its number and name together, since ids and numbers
mean something else there. Nothing that is mapped already is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from hub.api import Account
from hub.domain.setup import GlAccount
from hub.service.account_names import AccountName, account_name
from hub.service.context import Hub, not_found, refuse
from hub.service.saving import added_map, save_edits
from hub.service.scope import CompanyRows, reading
from hub.service.setup_suggestions import can_be_posted_to, fits, names_alike
from hub.store import Row
from hub.store.mapping_rows import Mapped, mapped_connections

COPY = "copy maps"
SAME_GL, SAME_ACCOUNT = 60, 95
"""How alike, in per cent, the names must be of two GL Accounts, and of two accounts, of the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A connection whose maps can be copied; same_books: it posts to the very same books."""

    company: str
    company_name: str
    connection: str
    maps: int
    same_books: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A map that would be taken over, and by what its account was found."""

    gl: GlAccount
    account: Account
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A map that would not be: of which GL Account, to what it is mapped there, and why not here."""

    gl: GlAccount
    there: Account
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlan:
    """What copying would do."""

    source: Source
    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...]


def copy_sources(hub: Hub, company: str, connection: str, may: Callable[[str], bool]) -> list[Source]:
    """List the connections whose maps can be copied; may: whether the person may set up a company, by its code."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        found = mapped_connections(rows.connection, row["connector"], row["id"])
    return [_source(row, each) for each in found if may(each.company)]


def copy_plan(hub: Hub, company: str, connection: str, source: tuple[str, str], may: Callable[[str], bool]) -> CopyPlan:
    """Return what copying from another company's connection would take and leave out; raises NotFound and Refused."""
    found = {(each.company, each.connection): each for each in copy_sources(hub, company, connection, may)}
    if source not in found:
        raise not_found("connection to copy from", " / ".join(source))
    with reading(hub, source[0]) as theirs:
        there = theirs.setup
    with reading(hub, company) as rows:
        return _plan(
            rows, rows.books(connection).name, found[source], (there.gl_accounts, there.account_maps[source[1]])
        )


def copy_maps(hub: Hub, company: str, connection: str, plan: CopyPlan, chosen: Collection[str]) -> int:
    """Take over the maps of a plan for some GL Accounts (their numbers); return how many. Raises Refused.

    Nothing is taken where one of them was mapped meanwhile.
    """
    taken = [each for each in plan.taken if each.gl.number in chosen]
    if not taken:
        return 0

    def told(rows: CompanyRows) -> None:
        detail = {
            "from_company": plan.source.company,
            "from_connection": plan.source.connection,
            "taken": len(taken),
            "left_out": len(plan.taken) - len(taken) + len(plan.skipped),
        }
        rows.exports.audit(COPY, connection, detail, actor=hub.actor, now=hub.clock())

    return save_edits(
        hub, company, "account-map", [added_map(connection, each.gl.number, each.account) for each in taken], also=told
    )


def _source(row: Row, found: Mapped) -> Source:
    here = row["chosen_at"] is not None and found.chosen
    same = here and (row["environment"], row["books"]) == (found.environment, found.books)
    return Source(
        company=found.company,
        company_name=found.company_name,
        connection=found.connection,
        maps=found.maps,
        same_books=same,
    )


Theirs = tuple[Mapping[str, GlAccount], Mapping[str, Account]]
"""Another company's GL Accounts, and what they are mapped to."""


def _plan(rows: CompanyRows, connection: str, source: Source, theirs: Theirs) -> CopyPlan:
    setup = rows.setup
    if not setup.chart(connection).accounts:
        message = f"The accounts of {connection} are not known yet."
        raise refuse("no_chart", message, "Read or import its chart of accounts first.")
    own = setup.account_maps.get(connection, {})
    search = _Search(setup.chart(connection).accounts, same_books=source.same_books)
    taken, skipped = [], []
    for number, there in sorted(theirs[1].items()):
        gl = theirs[0][number]
        here = setup.gl_accounts.get(number)
        account, why = search.find(there)
        not_so = _why_not(gl, here, own.get(number), account) or (why if account is None else "")
        if not_so or here is None or account is None:
            skipped.append(Skipped(gl=gl, there=there, why=not_so))
        else:
            taken.append(Taken(gl=here, account=account, why=why))
    return CopyPlan(source=source, taken=tuple(taken), skipped=tuple(skipped))


def _why_not(gl: GlAccount, here: GlAccount | None, mapped: Account | None, account: Account | None) -> str:
    """Return why a map cannot be taken over, empty where nothing stands against it."""
    if here is None:
        return f"There is no GL Account {gl.number} in this company."
    if here.kind != gl.kind or names_alike(_name(gl), _name(here)) < SAME_GL:
        return f"GL Account {gl.number} is {here.name} in this company."
    if mapped is not None:
        return f"It is mapped to {mapped.title} already."
    if account is not None and not can_be_posted_to(account):
        return f"{account.title} cannot be posted to here."
    if account is not None and not fits(here.kind, account.kind):
        return f"{account.title} is of another type here."
    return ""


def _name(gl: GlAccount) -> AccountName:
    return account_name(gl.number, gl.name)


class _Search:
    """Finds the account of a chart that another one is."""

    def __init__(self, chart: Collection[Account], *, same_books: bool) -> None:
        self._by_id = {each.id: each for each in chart if each.id} if same_books else {}
        self._by_number: dict[str, list[Account]] = defaultdict(list)
        for each in chart:
            self._by_number[account_name(each.number, each.name).number].append(each)

    def find(self, there: Account) -> tuple[Account | None, str]:
        """Return the account and by what it was found, or None and why it was not."""
        if there.id in self._by_id:
            return self._by_id[there.id], "The same account of the same books."
        name = account_name(there.number, there.name)
        alike = [
            each
            for each in self._by_number.get(name.number, ())
            if names_alike(name, account_name(each.number, each.name)) >= SAME_ACCOUNT
        ]
        if len(alike) == 1:
            return alike[0], "The same number and name." if name.number else "The same name; neither has a number."
        if alike:
            return None, f"Several accounts here are called {there.title}."
        return None, f"No account here has the number and name of {there.title}."
