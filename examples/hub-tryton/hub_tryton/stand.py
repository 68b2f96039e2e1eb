"""The connector before a stand-in for Tryton, for the conformance suite: a stand is made anew for each check."""

from __future__ import annotations

from hub.api import Account, Company, ReceiptStatus, Recorded, RecordedLine, Side
from hub.testing.clock import VirtualClock
from hub.testing.conformance import Deeds, Stand, Standing
from hub.testing.sandbox import AppTransport, Planned
from hub_tryton.connector import Tryton
from hub_tryton.sandbox import LATE, Database, Site
from hub_tryton.sandbox.database import ACCOUNT, LINE, MOVE, OUR_COMPANY, PARTY, Record

BASE_URL, DATABASE = "https://tryton.example", "books"
KEY = "4c1d" * 16


def make_stand(currency: str) -> Stand:
    """Return the connector before a Tryton of its own, whose company keeps its books in a currency."""
    return stand_of(make_site(currency, VirtualClock()))


def make_site(currency: str, clock: VirtualClock) -> Site:
    """Return a Tryton with one company, which keeps its books in a currency."""
    return Site(BASE_URL, DATABASE, Database(currency, clock.now), clock, KEY)


def stand_of(site: Site) -> Stand:
    """Return the connector before a Tryton."""
    database, currency = site.database, site.database.currency
    return Stand(
        connector=Tryton(),
        settings={"base_url": BASE_URL, "database": DATABASE, "journal": "INV"},
        accounts=(_account(database, 1), _account(database, 2)),
        books=lambda: _standing(site),
        clock=site.clock,
        currency=currency,
        transport=AppTransport(site.app),
        headers=lambda: {"Authorization": f"Bearer {KEY}"},
        secrets=(KEY,),
        company=Company(id=str(OUR_COMPANY), name=database.tables[PARTY][1]["name"], currency=currency),
        elsewhere=Company(id="99", name="Somebody else's books", currency=currency),
        deeds=_deeds(site),
    )


def _deeds(site: Site) -> Deeds:
    database = site.database

    def deactivate(account: Account) -> None:
        database.tables[ACCOUNT][int(account.id)]["closed"] = True

    def end_sign_in() -> None:
        site.key = ""

    def draft_next() -> None:
        """Every move is a draft first."""

    return Deeds(
        close_books=database.close_through,
        deactivate=deactivate,
        add_account=lambda name: _account(database, database.add_account(name)["id"]),
        edit=lambda id_: database.edit(int(id_)),
        delete=lambda id_: database.delete(int(id_)),
        end_sign_in=end_sign_in,
        draft_next=draft_next,
        commit_late=lambda late_s: site.desk.faults.plan(LATE, Planned(seconds=late_s)),
    )


def _account(database: Database, id_: int) -> Account:
    there = database.tables[ACCOUNT][id_]
    return Account(id=str(id_), number=there["code"], name=there["name"])


def _standing(site: Site) -> list[Standing]:
    site.desk.settle()
    return [_move(site.database, each) for each in site.database.tables[MOVE].values()]


def _move(database: Database, move: Record) -> Standing:
    rows = (database.tables[LINE][id_] for id_ in move["lines"])
    lines = tuple(
        RecordedLine(
            account=_account(database, row["account"]),
            side=Side.DEBIT if row["debit"] else Side.CREDIT,
            amount=row["debit"] or row["credit"],
            memo=row["description"],
        )
        for row in rows
    )
    recorded = Recorded(date=move["date"], currency=database.currency, status=ReceiptStatus(move["state"]), lines=lines)
    return Standing(id=str(move["id"]), reference=move["description"].partition(" ")[0], recorded=recorded)
