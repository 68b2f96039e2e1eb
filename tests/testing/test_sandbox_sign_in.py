"""The sign-in of a sandbox: consent, codes, proof keys, and tokens that expire, rotate and are revoked."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import httpx2
import pytest
from starlette.responses import Response

from hub.testing.clock import VirtualClock
from hub.testing.sandbox import (
    AppTransport,
    Books,
    CallLimits,
    ClientApp,
    Desk,
    Faults,
    Front,
    Proof,
    SignInPaths,
    SignInStyle,
    TokenDesk,
    TokenRefused,
    TokenRules,
    sign_in_routes,
)

BASE = "http://sandbox.example"
BACK = "http://127.0.0.1:8000/back"
ASKED = {"client_id": "app", "redirect_uri": BACK, "response_type": "code", "scope": "books", "state": 's"&<'}
# The example of RFC 7636, appendix B.
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
RULES = TokenRules(access_life_s=3600, refresh_life_s=100_000, hard_life_s=1_000_000)


class Door:
    """A sandbox of nothing but a sign-in to two companies."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        app = ClientApp(id="app", secret="a+b:c", redirect_uris=(BACK,), scopes=("books", "offline"))
        self.tokens = TokenDesk(RULES, app, self.clock.now)
        desk = Desk(
            clock=self.clock,
            companies=(Books("1", "One", "USD", ()), Books("2", "Two", "USD", ())),
            faults=Faults(()),
            limits=CallLimits(self.clock.now),
        )
        style = SignInStyle(title="Sign in", asks="May it?", kept=lambda companies: {"realm": companies[0]})
        paths = SignInPaths(authorize="/authorize", token=("/token",), revoke=("/revoke",))
        front = Front(desk, BASE, sign_in_routes(desk, self.tokens, paths, style), lambda _: Response(status_code=404))
        self.client = httpx2.Client(base_url=BASE, transport=AppTransport(front))

    def press(self, button: str, company: str = "2", **asked: str) -> httpx2.URL:
        """Fill in the page's form, press a button and return where one is sent."""
        html = self.client.get("/authorize", params={**ASKED, **asked}).text
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', html)
        (name, value), *_ = re.findall(rf'<button name="([^"]*)" value="([^"]*)">{button}<', html)
        form = {unescape(key): unescape(each) for key, each in hidden}
        answer = self.client.post("/authorize", data={**form, name: value, "sandbox_company": company})
        assert answer.status_code == 303
        return httpx2.URL(answer.headers["location"])

    def token(self, secret: str = "a+b:c", **form: str) -> httpx2.Response:
        basic = b64encode(f"app:{secret}".encode()).decode()
        return self.client.post("/token", data=form, headers={"Authorization": f"Basic {basic}"})

    def refresh(self, token: str) -> httpx2.Response:
        return self.token(grant_type="refresh_token", refresh_token=token)


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    with door.client:
        yield door


def test_a_person_who_connects_comes_back_with_a_code_that_is_worth_tokens_once(door: Door) -> None:
    back = door.press("Connect")
    assert (back.copy_with(query=None), dict(back.params)) == (
        BACK,
        {"code": back.params["code"], "state": ASKED["state"], "realm": "2"},
    )
    exchange = {"grant_type": "authorization_code", "code": back.params["code"], "redirect_uri": BACK}
    assert door.token(**{**exchange, "redirect_uri": f"{BACK}/"}).json()["error"] == "invalid_grant"
    first = door.token(**exchange).json()
    grant = door.tokens.grant_of(first["access_token"])
    assert grant is not None
    assert (grant.companies, first["expires_in"]) == (("2",), 3600)
    assert door.token(**exchange).json() == {
        "error": "invalid_grant",
        "error_description": "Invalid authorization code",
    }
    assert door.tokens.grant_of(first["access_token"]) is None  # whoever used the code twice may have stolen it


def test_a_code_is_too_old_after_some_minutes(door: Door) -> None:
    code = door.press("Connect").params["code"]
    door.clock.advance(300)
    assert door.token(grant_type="authorization_code", code=code, redirect_uri=BACK).status_code == 400


def test_a_person_who_cancels_comes_back_with_a_refusal(door: Door) -> None:
    assert dict(door.press("Cancel").params) == {"error": "access_denied", "state": ASKED["state"]}


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"redirect_uri": f"{BACK}?x=1"}, {"redirect_uri": ""}])
def test_nobody_is_sent_to_an_address_that_is_not_registered_to_the_letter(door: Door, wrong: dict[str, str]) -> None:
    answer = door.client.get("/authorize", params={**ASKED, **wrong})
    assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [({"scope": "money"}, "invalid_scope"), ({"response_type": "token"}, "unsupported_response_type")],
)
def test_what_else_is_wrong_with_a_request_is_told_to_the_app(door: Door, wrong: dict[str, str], error: str) -> None:
    answer = door.client.get("/authorize", params={**ASKED, **wrong})
    assert httpx2.URL(answer.headers["location"]).params["error"] == error


def test_a_company_has_to_be_chosen_and_only_one_that_is_there(door: Door) -> None:
    answer = door.client.post("/authorize", data={**ASKED, "sandbox_decision": "allow", "sandbox_company": "9"})
    assert (answer.status_code, "Choose a company." in answer.text) == (200, True)


def test_a_wrong_secret_is_refused_in_the_header_and_in_the_form(door: Door) -> None:
    assert door.token("wrong", grant_type="refresh_token").status_code == 401
    form = {"grant_type": "refresh_token", "client_id": "app", "client_secret": "wrong"}
    assert door.client.post("/token", data=form).json() == {"error": "invalid_client"}
    right = {**form, "client_secret": "a+b:c", "refresh_token": door.tokens.grant(("books",), ("1",)).refresh}
    assert door.client.post("/token", data=right).status_code == 200
    assert door.client.post("/token", headers={"Authorization": "Basic !"}, data={}).status_code == 401


def test_proof_keys_are_checked_where_they_are_known(door: Door) -> None:
    proof = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    door.tokens.rules = replace(RULES, proof=Proof.REQUIRED)
    assert "error" in httpx2.URL(door.client.get("/authorize", params=ASKED).headers["location"]).params
    plain = door.client.get("/authorize", params={**ASKED, "code_challenge": "x"})
    assert httpx2.URL(plain.headers["location"]).params["error"] == "invalid_request"
    code = door.press("Connect", **proof).params["code"]
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    assert door.token(**exchange, code_verifier="guessed").status_code == 400
    assert door.token(**exchange, code_verifier=VERIFIER).status_code == 200


def test_an_access_token_ends_after_its_life(door: Door) -> None:
    issued = door.tokens.grant(("books",), ("1",))
    door.clock.advance(3599)
    assert door.tokens.grant_of(issued.access) is not None
    door.clock.advance(1)
    assert door.tokens.grant_of(issued.access) is None
    assert door.tokens.is_expired(issued.access)
    assert not door.tokens.is_expired("never issued")


def test_a_refresh_token_gets_a_successor_and_dies(door: Door) -> None:
    first = door.tokens.grant(("books",), ("1",)).refresh
    second = door.refresh(first).json()["refresh_token"]
    assert second != first
    refused = door.refresh(first)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert door.refresh(second).status_code == 200


def test_within_its_grace_a_used_refresh_token_answers_with_its_successor(door: Door) -> None:
    door.tokens.rules = replace(RULES, grace_s=1800)
    first = door.tokens.grant(("books",), ("1",)).refresh
    second = door.refresh(first).json()["refresh_token"]
    assert door.refresh(first).json()["refresh_token"] == second
    door.clock.advance(1800)
    assert door.refresh(first).status_code == 400
    assert door.refresh(second).status_code == 200


def test_a_race_for_one_refresh_token_may_end_the_sign_in(door: Door) -> None:
    door.tokens.rules = replace(RULES, race_s=60)
    first = door.tokens.grant(("books",), ("1",)).refresh
    won = door.refresh(first).json()
    assert door.refresh(first).status_code == 400
    assert door.tokens.grant_of(won["access_token"]) is None
    assert door.refresh(won["refresh_token"]).status_code == 400


def test_a_young_refresh_token_stays_where_it_changes_once_a_day(door: Door) -> None:
    door.tokens.rules = replace(RULES, rotate_after_s=86_400)
    first = door.tokens.grant(("books",), ("1",)).refresh
    assert door.refresh(first).json()["refresh_token"] == first
    door.clock.advance(86_400)
    assert door.refresh(first).json()["refresh_token"] != first


def test_an_unused_refresh_token_ends_and_every_grant_has_a_last_day(door: Door) -> None:
    unused, used = (door.tokens.grant(("books",), ("1",)).refresh for _ in range(2))
    for _ in range(12):
        door.clock.advance(90_000)
        answer = door.refresh(used)
        if answer.status_code != 200:
            break
        used = answer.json()["refresh_token"]
    assert door.refresh(unused).status_code == 400
    assert door.clock.seconds() - VirtualClock().seconds() == 12 * 90_000  # past the million seconds, and not before


@pytest.mark.parametrize("which", ["access", "refresh"])
@pytest.mark.parametrize("as_json", [True, False])
def test_either_token_revokes_the_grant(door: Door, which: str, as_json: bool) -> None:  # noqa: FBT001 - drawn
    issued = door.tokens.grant(("books",), ("1",))
    told = {"token": getattr(issued, which)}
    headers = {"Authorization": f"Basic {b64encode(b'app:a+b:c').decode()}"}
    answer = door.client.post("/revoke", headers=headers, **({"json": told} if as_json else {"data": told}))
    assert answer.status_code == 200
    assert door.tokens.grant_of(issued.access) is None
    assert door.refresh(issued.refresh).status_code == 400
    assert door.client.post("/revoke", headers=headers, json=told).status_code == 400


def test_no_refresh_token_is_given_without_the_scope_it_needs() -> None:
    app = ClientApp(id="app", secret="s", redirect_uris=(), scopes=("books", "offline"))
    tokens = TokenDesk(RULES, app, VirtualClock().now, offline="offline")
    assert tokens.grant(("books",), ("1",)).refresh == ""
    assert tokens.grant(("books", "offline"), ("1",)).refresh
    with pytest.raises(TokenRefused):
        tokens.refresh("")


def test_a_redirect_address_can_be_registered_later(door: Door) -> None:
    other = "http://127.0.0.1:9999/back"
    door.tokens.register([other])
    assert door.client.get("/authorize", params={**ASKED, "redirect_uri": other}).status_code == 200


def test_access_tokens_can_be_made_by_the_sandbox_and_all_of_them_be_too_old_at_once() -> None:
    clock, made = VirtualClock(), iter(["first", "second"])
    app = ClientApp(id="app", secret="s", redirect_uris=(BACK,), scopes=("books",))
    tokens = TokenDesk(RULES, app, clock.now, access_token=lambda grant: f"{next(made)}-{grant.companies[0]}")
    one, two = tokens.grant(["books"], ["1"]), tokens.grant(["books"], ["2"])
    assert (one.access, two.access) == ("first-1", "second-2")
    assert tokens.grants() == [one.grant, two.grant]
    two.grant.revoked = True
    assert tokens.grants() == [one.grant]
    tokens.expire()
    assert tokens.grant_of(one.access) is None
    assert (tokens.is_expired(one.access), tokens.is_expired(two.access)) == (True, False)
