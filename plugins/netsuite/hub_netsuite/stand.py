"""The connector before its sandbox, for the conformance suite: a stand is made anew for each check, over SOAP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import httpx2

from hub.api import Account, Company, ReceiptStatus, Recorded, RecordedLine, Side, from_minor
from hub.testing.clock import VirtualClock
from hub.testing.conformance import CannotStand, Deeds, Stand, Standing
from hub.testing.sandbox import AppTransport, BookAccount, Planned
from hub_netsuite.connector import NetSuite
from hub_netsuite.places import LOCAL
from hub_netsuite.sandbox import NetSuiteSandbox, entries
from hub_netsuite.sandbox.company import ACCOUNT_ID, Journal
from hub_netsuite.sandbox.site import Site
from hub_netsuite.settings import Secrets, Settings

BASE = "http://127.0.0.1:9001"
FOOD, MEAT = "203", "216"
FIRST_ADDED = 7001
CURRENCY = "USD"


class Signed(httpx2.BaseTransport):
    """Signs each request as the hub has the connector do it, with secrets that a check may spoil."""

    def __init__(self, inner: httpx2.BaseTransport, connector: NetSuite, settings: Settings, secrets: Secrets) -> None:
        self._inner = inner
        self._connector = connector
        self._settings = settings
        self._secrets = secrets

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request signed."""
        request.read()
        return self._inner.handle_request(self._connector.sign(request, self._secrets, self._settings))


def make_stand(currency: str) -> Stand:
    """Return the connector before a sandbox of its own, an account without subsidiaries: the suite's entries name none."""
    if currency != CURRENCY:
        raise CannotStand(f"The sandbox's account keeps its books in {CURRENCY}.")
    clock = VirtualClock()
    sandbox = NetSuiteSandbox(clock)
    site, app = sandbox.site(BASE), sandbox.app(BASE)
    site.desk.limits.on = False
    site.company.one_world = False
    connector = NetSuite(clock.seconds)
    told = sandbox.credentials(BASE)
    secrets = Secrets.model_validate({name: told[name] for name in Secrets.model_fields})
    chosen: dict[str, object] = {"account": ACCOUNT_ID, "base_url": BASE, "oneworld": False}
    return Stand(
        connector=connector,
        settings=chosen,
        environment=LOCAL,
        company=Company(id=ACCOUNT_ID, name="Restaurants Inc.", currency=currency),
        elsewhere=Company(id="7654321", name="Somebody else's books", currency=currency),
        accounts=(_account(site, FOOD), _account(site, MEAT)),
        books=lambda: _standing(site, currency),
        clock=clock,
        currency=currency,
        transport=Signed(AppTransport(app), connector, Settings.model_validate(chosen), secrets),
        secrets=(told["consumer_secret"], told["token_secret"]),
        writes=lambda request: request.headers.get("SOAPAction") == '"add"',
        dimensions={"department": "Kitchen"},
        deeds=_deeds(site),
    )


def _deeds(site: Site) -> Deeds:
    company = site.company
    numbers = count(FIRST_ADDED)

    def add_account(name: str) -> Account:
        number = str(next(numbers))
        made = replace(company.accounts[MEAT], id=number, number=number, name=name)
        company.accounts[number] = made
        for books in company.books.values():
            books.add_account(BookAccount(id=number, name=name))
        return _account(site, number)

    def end_sign_in() -> None:
        site.sign_ins.keys = replace(site.sign_ins.keys, token_secret="revoked")

    def close_books(day: date) -> None:
        for books in company.books.values():
            books.closed_through = day

    return Deeds(
        close_books=close_books,
        deactivate=lambda account: company.set_inactive(account.number, is_inactive=True),
        add_account=add_account,
        edit=lambda id_: company.put(entries.edited(company.journals[id_], site.clock.now())),
        delete=company.remove,
        end_sign_in=end_sign_in,
        commit_late=lambda late_s: site.desk.faults.plan("late_commit", Planned(seconds=late_s)),
    )


def _account(site: Site, id_: str) -> Account:
    there = site.company.accounts[id_]
    return Account(id=there.id, number=there.number, name=there.name)


def _standing(site: Site, currency: str) -> list[Standing]:
    site.desk.settle()
    return [_journal(site, each, currency) for each in site.company.journals.values()]


def _journal(site: Site, journal: Journal, currency: str) -> Standing:
    lines = tuple(
        RecordedLine(
            account=_account(site, line.account),
            side=Side.DEBIT if line.minor > 0 else Side.CREDIT,
            amount=from_minor(abs(line.minor), currency),
            memo=line.memo,
        )
        for line in journal.lines
    )
    departments = site.company.segments["department"]
    named = tuple(
        {"department": departments[line.department].name} if line.department else {} for line in journal.lines
    )
    return Standing(
        id=journal.id,
        reference=journal.memo.split(maxsplit=1)[0],
        dimensions=named,
        recorded=Recorded(date=journal.day, currency=currency, status=ReceiptStatus.POSTED, lines=lines),
    )
