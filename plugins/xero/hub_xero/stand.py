"""The connector before its sandbox, for the conformance suite: a stand is made anew for each check."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hub.api import Account, Company, ReceiptStatus, Recorded, RecordedLine, Side, from_minor
from hub.testing.clock import VirtualClock
from hub.testing.conformance import Deeds, Stand, Standing
from hub.testing.sandbox import AppTransport, BookAccount, Planned
from hub_xero.connector import LOCAL, Xero
from hub_xero.sandbox import XeroSandbox
from hub_xero.sandbox.accounting import person_edits, person_sets_status
from hub_xero.sandbox.organisations import POSTED, VOIDED, ChartRow, Journal, Organisation, named_id
from hub_xero.sandbox.sandbox import GRANULAR
from hub_xero.sandbox.sandbox import Stand as Site

BASE = "http://127.0.0.1:9001"
FOOD, MEAT = "1310", "5010"
FIRST_ADDED = 7001
WRITES = ("PUT", "POST")


def make_stand(currency: str) -> Stand:
    """Return the connector before a sandbox of its own, whose books are kept in a currency."""
    clock = VirtualClock()
    sandbox = XeroSandbox(clock)
    site, app = sandbox.stand(BASE), sandbox.app(BASE)
    site.desk.limits.on = False
    books = site.organisations[0]
    books.currency = books.books.currency = currency
    token = site.tokens.grant(GRANULAR, [books.tenant]).access
    return Stand(
        connector=Xero(),
        settings={"base_url": BASE, "hub_url": "https://hub.example.com"},
        environment=LOCAL,
        company=Company(id=books.tenant, name=books.name, currency=currency),
        elsewhere=Company(id=named_id("Somebody else's books"), name="Somebody else's books", currency=currency),
        accounts=(_account(_row(books, FOOD)), _account(_row(books, MEAT))),
        books=lambda: _standing(site, books),
        clock=clock,
        currency=currency,
        transport=AppTransport(app),
        headers=lambda: {"Authorization": f"Bearer {token}"},
        secrets=(token,),
        writes=lambda request: request.method in WRITES,
        dimensions={"Region": "Downtown"},
        deeds=_deeds(site, books),
    )


def _deeds(site: Site, books: Organisation) -> Deeds:
    codes = count(FIRST_ADDED)

    def add_account(name: str) -> Account:
        code = str(next(codes))
        row = replace(_row(books, MEAT), id=named_id("added", code), code=code, name=name)
        books.chart[row.id] = row
        books.books.add_account(BookAccount(id=row.key, name=name))
        return _account(row)

    def end_sign_in() -> None:
        for grant in site.tokens.grants():
            grant.revoked = True

    return Deeds(
        close_books=lambda day: setattr(books.books, "closed_through", day),
        deactivate=lambda account: books.set_status(account.number, "ARCHIVED", site.clock.now()),
        add_account=add_account,
        edit=lambda id_: person_edits(books, id_, site.clock.now()),
        delete=lambda id_: person_sets_status(books, id_, VOIDED, site.clock.now()),
        end_sign_in=end_sign_in,
        commit_late=lambda late_s: site.desk.faults.plan("late_commit", Planned(seconds=late_s)),
    )


def _row(books: Organisation, code: str) -> ChartRow:
    return next(row for row in books.chart.values() if row.code == code)


def _account(row: ChartRow) -> Account:
    return Account(id=row.id, number=row.code, name=row.name)


def _standing(site: Site, books: Organisation) -> list[Standing]:
    site.desk.settle()
    return [_journal(journal, books.currency) for journal in books.journals.values() if journal.status == POSTED]


def _journal(journal: Journal, currency: str) -> Standing:
    lines = tuple(
        RecordedLine(
            account=_account(line.account),
            side=Side.DEBIT if line.minor > 0 else Side.CREDIT,
            amount=from_minor(abs(line.minor), currency),
            memo=line.description,
        )
        for line in journal.lines
    )
    return Standing(
        id=journal.id,
        reference=journal.narration.split(maxsplit=1)[0],
        dimensions=tuple({category.name: option.name for category, option in line.tracked} for line in journal.lines),
        recorded=Recorded(date=journal.date, currency=currency, status=ReceiptStatus.POSTED, lines=lines),
    )
