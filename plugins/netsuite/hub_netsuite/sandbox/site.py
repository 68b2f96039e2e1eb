"""A whole sandbox under one base address: both transports, its pages, and its controls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.testing.clock import Clock
from hub.testing.sandbox import (
    CallLimits,
    Change,
    Desk,
    Faults,
    Front,
    MovableClock,
    control_routes,
    journal_page,
    page,
    switch,
    texts,
    wants_page,
)
from hub_netsuite.sandbox import entries
from hub_netsuite.sandbox.company import ACCOUNT_ID, Company, Journal
from hub_netsuite.sandbox.keys_page import keys_page
from hub_netsuite.sandbox.operations import Operations
from hub_netsuite.sandbox.passports import Keys, SignIns
from hub_netsuite.sandbox.rest import Rest
from hub_netsuite.sandbox.soap import Soap
from hub_netsuite.sandbox.tokens import CLIENT_ID, PATH, Tokens
from hub_netsuite.sandbox.way import FAULTS, Way
from hub_netsuite.sandbox.wsdl import Wsdl

KEYS = Keys(  # of a sandbox on this machine, where they protect nothing
    consumer_key="5f1c0a9e7b3d4426a8c1d0e2f3b4a5968778695a4b3c2d1e0f1122334455aa66",
    consumer_secret="sandbox-consumer-secret",
    token_id="0d9c8b7a695847362514f3e2d1c0bfae9d8c7b6a5948372615f4e3d2c1b0af9e",
    token_secret="sandbox-token-secret",
)
JOURNAL_PAGE = "/app/accounting/transactions/journal.nl"
AUDIT_TRAIL = "/_sandbox/audit"


class Site:
    """One sandbox; all of its state may be looked at and changed by tests. wsdl: a folder with the vendor's own files."""

    def __init__(self, base_url: str, *, clock: Clock | None, wsdl: Path | None, kept: Path | None) -> None:
        self.base_url = base_url
        self.clock = clock or MovableClock()
        self.company = Company(self.clock.now, _file_of(base_url, kept))
        self.desk = Desk(
            clock=self.clock,
            companies=self.company.books.values(),
            faults=Faults(FAULTS),
            limits=CallLimits(self.clock.now),
        )
        self.sign_ins = SignIns(self.company, KEYS, self.clock.now)
        self.way = Way(self.desk)
        operations = Operations(self.company, self.desk, base_url)
        self._soap = Soap(self.company, operations, self.sign_ins, self.way, base_url)
        self.tokens = Tokens(f"{base_url}{PATH}", self.sign_ins, self.clock.now)
        self._rest = Rest(self.company, self.desk, self.tokens, self.way, base_url)
        self._wsdl = Wsdl(base_url, wsdl)
        self.app = Front(self.desk, base_url, self._routes(), self._not_found)

    def credentials(self) -> Mapping[str, str]:
        """Return what a client needs to talk to it without a browser."""
        return {
            "base_url": self.base_url,
            "account": ACCOUNT_ID,
            "consumer_key": KEYS.consumer_key,
            "consumer_secret": KEYS.consumer_secret,
            "token_id": KEYS.token_id,
            "token_secret": KEYS.token_secret,
            "wsdl_url": self._wsdl.address(),
            "client_id": CLIENT_ID,
            "certificate_id": self.tokens.certificate_id,
            "private_key": self.tokens.private_key(),
        }

    def _routes(self) -> list[Route]:
        return [
            Route("/services/NetSuitePort_{version}", self._soap.answer, methods=["POST"]),
            *self._rest.routes(),
            *self._wsdl.routes(),
            Route("/", self._front_page, methods=["GET"]),
            Route(JOURNAL_PAGE, self._journal, methods=["GET"]),
            Route(AUDIT_TRAIL, self._audit_trail, methods=["GET"]),
            *control_routes(self.desk, self.base_url, self._changes()),
        ]

    def _changes(self) -> Mapping[str, Change]:
        """What an administrator or a user of NetSuite does, by the names of the sandbox's controls."""
        company = self.company
        return {
            "redirect_uris": texts(lambda _addresses: None),  # nobody signs in through a browser
            "user_time_zone": self._set_zone,
            "one_world": switch(lambda on: setattr(company, "one_world", on)),
            "require_approvals": switch(lambda on: setattr(company, "requires_approval", on)),
            "denied_permissions": texts(lambda names: setattr(company, "denied", set(names))),
            "role_subsidiaries": texts(lambda ids: setattr(company, "role_subsidiaries", set(ids))),
            "closed_period_code": self._set_closed_code,
            "inactivate_accounts": texts(lambda numbers: self._set_inactive(numbers, is_inactive=True)),
            "restore_accounts": texts(lambda numbers: self._set_inactive(numbers, is_inactive=False)),
            "edit_journals": texts(lambda ids: self._each(ids, self._edit)),
            "delete_journals": texts(lambda ids: self._each(ids, lambda journal: company.remove(journal.id))),
            "approve_journals": texts(lambda ids: self._each(ids, self._approve)),
            "certificates": texts(self.tokens.add_certificates),
            "expire_tokens": switch(self._expire),
            "unlock": switch(self._unlock),
        }

    def _set_zone(self, told: object) -> None:
        try:
            self.company.zone = ZoneInfo(str(told))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{told} is no time zone") from error

    def _set_closed_code(self, told: object) -> None:
        if not isinstance(told, str) or not re.fullmatch(r"[A-Z_]+", told):
            raise ValueError("one of the vendor's codes is needed, such as TRAN_PRD_CLOSED")
        self.company.closed_code = told

    def _set_inactive(self, numbers: list[str], *, is_inactive: bool) -> None:
        for number in numbers:
            self.company.set_inactive(number, is_inactive=is_inactive)

    def _each(self, ids: list[str], change: Callable[[Journal], None]) -> None:
        for key in ids:
            found = self.company.journals.get(key)
            if found is None:
                raise ValueError(f"there is no journal entry {key}")
            change(found)

    def _edit(self, journal: Journal) -> None:
        self.company.put(entries.edited(journal, self.clock.now()))

    def _approve(self, journal: Journal) -> None:
        self.company.put(entries.approved(journal, self.clock.now()))

    def _unlock(self, yes: bool) -> None:  # noqa: FBT001 - a switch's own value
        if yes:
            self.sign_ins.unlock()

    def _expire(self, yes: bool) -> None:  # noqa: FBT001 - a switch's own value
        if yes:
            self.tokens.expire()

    async def _front_page(self, _request: Request) -> Response:
        """Show what is typed in to sign in, by the names that it has in NetSuite."""
        return keys_page(self.credentials(), self.company.books.values(), AUDIT_TRAIL)

    async def _journal(self, request: Request) -> Response:
        """Show a journal entry where links lead."""
        found = self.company.journals.get(request.query_params.get("id", ""))
        if found is None:
            return page("Record does not exist", "<p>It was deleted, or never written.</p>", status=404)
        books = self.company.books[found.currency]
        subsidiary = self.company.subsidiaries.get(found.subsidiary)
        head = {"Number": found.number, "Subsidiary": subsidiary.name if subsidiary else "", "Memo": found.memo}
        return journal_page(books, books.journals[found.id], head)

    async def _audit_trail(self, request: Request) -> Response:
        """Show the Login Audit Trail, newest first: the only place that says why a sign-in was refused."""
        rows = [
            {
                "at": each.at.isoformat(timespec="seconds"),
                "account": each.account,
                "token": each.token,
                "status": "Failure" if each.detail else "Success",
                "detail": each.detail,
            }
            for each in reversed(self.sign_ins.trail)
        ]
        if not wants_page(request):
            return JSONResponse({"attempts": rows})
        columns = ("detail", "status", "at", "account", "token")
        heads = "".join(f"<th>{name.title()}</th>" for name in columns)
        shown = [{**row, "at": row["at"][:19].replace("T", " "), "token": f"{row['token'][:8]}…"} for row in rows]
        body = "".join(f"<tr>{''.join(f'<td>{escape(row[name])}</td>' for name in columns)}</tr>" for row in shown)
        table = (
            '<div class="wide" tabindex="0" role="group" aria-label="Attempts to sign in, in UTC, the newest first"><table>'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        )
        return page("Login Audit Trail", table if rows else "<p>Nobody has signed in yet.</p>")

    def _not_found(self, request: Request) -> Response:
        return page("Page not found", f"<p>Nothing is at {escape(request.url.path)}.</p>", status=404)


def _file_of(base_url: str, kept: Path | None) -> Path | None:
    """Return the file in a folder for the sandbox at an address."""
    if kept is None:
        return None
    kept.mkdir(parents=True, exist_ok=True)
    return kept / f"{re.sub(r'[^A-Za-z0-9.]+', '-', base_url)}.json"
