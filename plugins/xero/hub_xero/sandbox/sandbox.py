"""The sandbox as the hub and its tests start it: one desk for each address, with its app and its credentials."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.api import Asgi
from hub.testing.clock import Clock
from hub.testing.sandbox import (
    CallLimits,
    Change,
    ClientApp,
    Desk,
    Faults,
    Front,
    Grant,
    MovableClock,
    Proof,
    TokenDesk,
    TokenRules,
    control_routes,
    journal_page,
    switch,
    texts,
)
from hub_xero.sandbox import answers
from hub_xero.sandbox.accounting import Accounting, person_edits, person_sets_status
from hub_xero.sandbox.gate import FAULTS, PER_DAY, PER_MINUTE, Gate
from hub_xero.sandbox.identity import Identity
from hub_xero.sandbox.organisations import VOIDED, Organisation, organisations
from hub_xero.sandbox.tokens import ACCESS_S, access_token

CLIENT_ID = "5A2D6C1B0F3E4D7A9B8C7D6E5F4A3B2C"
CLIENT_SECRET = "sandbox-client-secret"  # of a sandbox on this machine, where it protects nothing
MINUTE_S, DAY_S = 60, 86_400
RULES = TokenRules(
    access_life_s=ACCESS_S, refresh_life_s=60 * DAY_S, grace_s=30 * MINUTE_S, proof=Proof.OPTIONAL, refresh_prefix=""
)
GRANULAR = ("offline_access", "accounting.manualjournals", "accounting.settings.read")
SCOPES = (
    *GRANULAR,
    "openid",
    "profile",
    "email",
    "accounting.manualjournals.read",
    "accounting.settings",
    "accounting.transactions",
    "accounting.transactions.read",
)
REDIRECT_URIS = tuple(
    f"http://{host}:8000{path}"
    for host in ("127.0.0.1", "localhost")
    for path in ("/connections/callback", "/oauth/callback")
)
"""The hub's own and one for other clients; further ones are registered through the controls."""


class Stand:
    """The state of the sandbox at one address: what stays between its app's calls."""

    def __init__(self, base_url: str, clock: Clock) -> None:
        self.base_url = base_url
        self.clock = clock
        self.organisations = organisations()
        self.desk = Desk(
            clock=clock,
            companies=[each.books for each in self.organisations],
            faults=Faults(FAULTS),
            limits=CallLimits(clock.now, PER_MINUTE, PER_DAY),
        )
        client = ClientApp(id=CLIENT_ID, secret=CLIENT_SECRET, redirect_uris=REDIRECT_URIS, scopes=SCOPES)
        self.tokens = TokenDesk(RULES, client, clock.now, offline="offline_access", access_token=self._access_token)

    def app(self) -> Asgi:
        """Return the ASGI app."""
        routes = [
            *Identity(self.desk, self.tokens, self.base_url).routes(),
            *Accounting(self.desk, Gate(self.desk, self.tokens, self.organisations)).routes(),
            Route("/journal/view.aspx", self._view, methods=["GET"]),
            Route("/organisationlogin/default.aspx", self._open_organisation, methods=["GET"]),
            *control_routes(self.desk, self.base_url, self._changes()),
        ]
        return Front(self.desk, self.base_url, routes, answers.not_found, any_case=True)

    async def _view(self, request: Request) -> Response:
        """Show a journal where links lead."""
        wanted = request.query_params.get("invoiceID", "").lower()
        found = next((each for each in self.organisations if wanted in each.books.journals), None)
        if found is None:
            return answers.not_found()
        return journal_page(found.books, found.books.journals[wanted])

    async def _open_organisation(self, request: Request) -> Response:
        """Go on to the page of this sandbox that a link through the organisation's own sign-in names."""
        there = request.query_params.get("redirecturl", "")
        known = {each.short_code for each in self.organisations}
        if request.query_params.get("shortcode") not in known or not there.startswith("/Journal/View.aspx?"):
            return answers.not_found()
        return RedirectResponse(f"{self.base_url}{there}", status_code=303)

    def _changes(self) -> Mapping[str, Change]:
        """What people do in Xero besides, by the names of the sandbox's controls."""
        return {
            "redirect_uris": texts(self.tokens.register),
            "expire_tokens": switch(self._expire),
            "edit_journals": texts(lambda ids: self._each_journal(ids, self._edit)),
            "void_journals": texts(lambda ids: self._each_journal(ids, self._void)),
            "archive_accounts": texts(lambda codes: self._set_accounts(codes, "ARCHIVED")),
            "restore_accounts": texts(lambda codes: self._set_accounts(codes, "ACTIVE")),
        }

    def _expire(self, yes: bool) -> None:  # noqa: FBT001 - a switch's own value
        if yes:
            self.tokens.expire()

    def _each_journal(self, ids: list[str], change: Callable[[Organisation, str], None]) -> None:
        for journal_id in ids:
            found = next((each for each in self.organisations if journal_id.lower() in each.journals), None)
            if found is None:
                raise ValueError(f"there is no journal {journal_id}")
            change(found, journal_id)

    def _edit(self, organisation: Organisation, journal_id: str) -> None:
        person_edits(organisation, journal_id, self.clock.now())

    def _void(self, organisation: Organisation, journal_id: str) -> None:
        person_sets_status(organisation, journal_id, VOIDED, self.clock.now())

    def _set_accounts(self, codes: list[str], status: str) -> None:
        for code in codes:
            for organisation in self.organisations:
                organisation.set_status(code, status, self.clock.now())

    def _access_token(self, grant: Grant) -> str:
        return access_token(grant, self.base_url, CLIENT_ID, self.clock.now())


class XeroSandbox:
    """The stand-in for Xero that the plugin brings. clock: of all its addresses; one that runs by itself unless given."""

    connector_id = "xero"

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or MovableClock()
        self._stands: dict[str, Stand] = {}

    def stand(self, base_url: str) -> Stand:
        """Return what stands at an address, made when it is first asked for."""
        place = base_url.rstrip("/")
        if place not in self._stands:
            self._stands[place] = Stand(place, self._clock)
        return self._stands[place]

    def app(self, base_url: str) -> Asgi:
        """Return the ASGI app that answers under base_url."""
        return self.stand(base_url).app()

    def credentials(self, base_url: str) -> Mapping[str, str]:
        """Return what a client needs without a browser: a person has allowed both organisations."""
        stand = self.stand(base_url)
        tenants = [each.tenant for each in stand.organisations]
        issued = stand.tokens.grant(GRANULAR, tenants)
        return {
            "base_url": stand.base_url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": issued.refresh,
            "company_id": tenants[0],
            "redirect_uris": " ".join(REDIRECT_URIS),
            "scopes": " ".join(GRANULAR),
        }
