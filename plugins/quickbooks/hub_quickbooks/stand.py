"""The connector before its sandbox, for the conformance suite: a stand is made anew for each check."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from hub.api import Account, Company, ReceiptStatus, Recorded, RecordedLine, Side
from hub.testing.clock import VirtualClock
from hub.testing.conformance import Deeds, Stand, Standing
from hub.testing.sandbox import AppTransport, Planned
from hub_quickbooks import places
from hub_quickbooks.connector import QuickBooks
from hub_quickbooks.sandbox import QuickBooksSandbox, entries
from hub_quickbooks.sandbox.company import Company as Books
from hub_quickbooks.sandbox.company import Document, times
from hub_quickbooks.sandbox.sample import RESTAURANT
from hub_quickbooks.sandbox.site import Site

BASE = "http://127.0.0.1:9001"
FOOD, MEAT = "101", "121"
FIRST_ADDED = 7001


def make_stand(currency: str) -> Stand:
    """Return the connector before a sandbox of its own, whose books are kept in a currency."""
    clock = VirtualClock()
    site = QuickBooksSandbox(clock=clock).site(BASE)
    site.desk.limits.on = False
    books = site.companies[RESTAURANT]
    books.currency = books.books.currency = currency
    token = site.signed_in.access
    return Stand(
        connector=QuickBooks(clock=clock.seconds, now=clock.now),
        settings={"base_url": BASE},
        environment=places.LOCAL,
        company=Company(id=RESTAURANT, name=books.name, currency=currency),
        elsewhere=Company(id="9130350000009999", name="Somebody else's books", currency=currency),
        signed_in={places.REALM: RESTAURANT},
        accounts=(_account(books.accounts[FOOD]), _account(books.accounts[MEAT])),
        books=lambda: _standing(site, books),
        clock=clock,
        currency=currency,
        transport=AppTransport(site.app),
        headers=lambda: {"Authorization": f"Bearer {token}"},
        secrets=(token,),
        dimensions={"class": "Downtown", "location": "Harborside"},
        deeds=_deeds(site, books),
    )


def _deeds(site: Site, books: Books) -> Deeds:
    ids = count(FIRST_ADDED)

    def add_account(name: str) -> Account:
        id_ = str(next(ids))
        added = {**books.accounts[MEAT], "Id": id_, "Name": name, "FullyQualifiedName": name, "AcctNum": id_}
        books.put_account({key: value for key, value in added.items() if key != "ParentRef"} | {"SubAccount": False})
        return _account(books.accounts[id_])

    def edit(id_: str) -> None:
        changed = entries.with_changed_amounts(books.journals[id_])
        created = times(site.clock.now())
        entries.keep(books, {**changed, "SyncToken": "1", "MetaData": {**changed["MetaData"], **_updated(created)}})

    def end_sign_in() -> None:
        for grant in site.tokens.grants():
            grant.revoked = True

    return Deeds(
        close_books=lambda day: setattr(books.books, "closed_through", day),
        deactivate=lambda account: books.accounts[account.id].update(Active=False),
        add_account=add_account,
        edit=edit,
        delete=lambda id_: entries.remove(books, books.journals[id_], site.clock.now()),
        end_sign_in=end_sign_in,
        commit_late=lambda late_s: site.desk.faults.plan("late_commit", Planned(seconds=late_s)),
    )


def _updated(created: Document) -> Document:
    return {"LastUpdatedTime": created["LastUpdatedTime"]}


def _account(row: Document) -> Account:
    return Account(id=row["Id"], number=row["AcctNum"], name=row["FullyQualifiedName"])


def _standing(site: Site, books: Books) -> list[Standing]:
    site.desk.settle()
    return [_journal(document, books) for document in books.journals.values()]


def _journal(document: Document, books: Books) -> Standing:
    lines = [line for line in document["Line"] if entries.DETAIL in line]
    day = books.books.journals[document["Id"]].date
    return Standing(
        id=document["Id"],
        reference=document.get("DocNumber", ""),
        dimensions=tuple(_dimensions(line[entries.DETAIL]) for line in lines),
        recorded=Recorded(
            date=day,
            currency=document["CurrencyRef"]["value"],
            status=ReceiptStatus.POSTED,
            lines=tuple(_line(line, books) for line in lines),
        ),
    )


def _line(line: Document, books: Books) -> RecordedLine:
    detail = line[entries.DETAIL]
    return RecordedLine(
        account=_account(books.accounts[detail["AccountRef"]["value"]]),
        side=Side.DEBIT if detail["PostingType"] == "Debit" else Side.CREDIT,
        amount=Decimal(line["Amount"]),
        memo=line.get("Description", ""),
    )


def _dimensions(detail: Document) -> dict[str, str]:
    named = {"class": detail.get("ClassRef"), "location": detail.get("DepartmentRef")}
    return {name: told["name"] for name, told in named.items() if told}
