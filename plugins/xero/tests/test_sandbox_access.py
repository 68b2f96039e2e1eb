"""Signing in to the sandbox, what the tokens are good for, and how many calls it bears."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from hub.plugins import load
from hub_xero.sandbox.sandbox import CLIENT_ID, CLIENT_SECRET
from plugins.xero.tests.stand import BASE, Body, Local, manual_journal

REDIRECT = "http://localhost:8000/oauth/callback"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def local() -> Local:
    return Local()


def token(local: Local, grant_type: str, status: int = 200, **form: str) -> Body:
    told = local.bare.post("/connect/token", data={"grant_type": grant_type, **form}, auth=(CLIENT_ID, CLIENT_SECRET))
    assert told.status_code == status, told.text
    body: Body = told.json()
    return body


def allowed(local: Local, scope: str, **more: str) -> dict[str, str]:
    """Sign in as a person does, through the page and its form; returns what the callback carries."""
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT,
        "scope": scope,
        "state": "s t&",
        **more,
    }
    page = local.bare.get("/identity/connect/authorize", params=asked)
    assert page.status_code == 200
    for word in ("Demo Company (US)", "Demo Company (Canada)", "Allow access", "Cancel", 'method="post"'):
        assert word in page.text
    form = {**asked, "sandbox_decision": "allow", "sandbox_company": local.tenants()}
    back = local.bare.post("/identity/connect/authorize", data=form)
    assert back.status_code == 303
    assert back.headers["location"].startswith(f"{REDIRECT}?")
    return dict(parse_qsl(urlsplit(back.headers["location"]).query))


def test_a_person_allows_two_organisations_with_pkce_and_the_token_answer_has_exactly_xeros_keys(local: Local) -> None:
    carried = allowed(
        local, "offline_access accounting.settings.read", code_challenge=CHALLENGE, code_challenge_method="S256"
    )
    assert carried["state"] == "s t&"
    assert token(
        local, "authorization_code", 400, code=carried["code"], redirect_uri=REDIRECT, code_verifier="w" * 43
    ) == {"error": "invalid_grant"}
    told = token(local, "authorization_code", code=carried["code"], redirect_uri=REDIRECT, code_verifier=VERIFIER)
    assert told.keys() == {"access_token", "expires_in", "token_type", "refresh_token", "scope"}
    assert (told["expires_in"], told["token_type"], told["scope"]) == (
        1800,
        "Bearer",
        "offline_access accounting.settings.read",
    )
    connections = local.bare.get("/connections", headers={"Authorization": f"Bearer {told['access_token']}"}).json()
    assert [each["tenantId"] for each in connections] == local.tenants()
    assert {each["tenantType"] for each in connections} == {"ORGANISATION"}
    assert len({each["authEventId"] for each in connections}) == 1


def test_an_id_token_comes_only_with_openid_and_verifies_against_the_published_key(local: Local) -> None:
    carried = allowed(local, "openid offline_access")
    told = token(local, "authorization_code", code=carried["code"], redirect_uri=REDIRECT)
    configuration = local.bare.get("/.well-known/openid-configuration").json()
    (key,) = local.bare.get(urlsplit(configuration["jwks_uri"]).path).json()["keys"]
    modulus, exponent = (int.from_bytes(decoded(key[name]), "big") for name in ("n", "e"))
    public = RSAPublicNumbers(exponent, modulus).public_key()
    for name in ("id_token", "access_token"):
        signed, _, signature = told[name].rpartition(".")
        public.verify(decoded(signature), signed.encode(), PKCS1v15(), SHA256())
    claims = json.loads(decoded(told["id_token"].split(".")[1]))
    assert (claims["aud"], claims["iss"]) == (CLIENT_ID, BASE)
    event = json.loads(decoded(told["access_token"].split(".")[1]))["authentication_event_id"]
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    assert len(local.bare.get("/connections", params={"authEventId": event}, headers=headers).json()) == 2
    assert local.bare.get("/connections", params={"authEventId": "other"}, headers=headers).json() == []


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_refresh_token_is_used_once_and_its_answer_may_be_asked_for_again_within_half_an_hour(local: Local) -> None:
    first = local.credentials["refresh_token"]
    second = token(local, "refresh_token", refresh_token=first, scope="offline_access")["refresh_token"]
    assert second != first
    local.clock.advance(1_799)
    assert token(local, "refresh_token", refresh_token=first)["refresh_token"] == second
    local.clock.advance(1)
    assert token(local, "refresh_token", 400, refresh_token=first) == {"error": "invalid_grant"}
    third = token(local, "refresh_token", refresh_token=second)["refresh_token"]
    local.clock.advance(60 * 86_400)
    assert token(local, "refresh_token", 400, refresh_token=third) == {"error": "invalid_grant"}


def test_a_wrong_client_is_a_400_and_the_secret_may_stand_in_the_form(local: Local) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": local.credentials["refresh_token"]}
    wrong = local.bare.post("/connect/token", data=form, auth=(CLIENT_ID, "wrong"))
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_client"})
    in_form = local.bare.post("/connect/token", data={**form, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
    assert in_form.status_code == 200


@pytest.mark.parametrize("scope", ["accounting.everything", ""])
def test_an_unknown_scope_sends_the_person_back_with_invalid_scope(local: Local, scope: str) -> None:
    asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT, "scope": scope, "state": "s"}
    back = local.bare.get("/identity/connect/authorize", params=asked)
    assert dict(parse_qsl(urlsplit(back.headers["location"]).query))["error"] == "invalid_scope"


def test_revoking_ends_the_consent(local: Local) -> None:
    revoked = local.bare.post(
        "/connect/revocation", data={"token": local.credentials["refresh_token"]}, auth=(CLIENT_ID, CLIENT_SECRET)
    )
    assert revoked.status_code == 200
    assert (
        token(local, "refresh_token", 400, refresh_token=local.credentials["refresh_token"])["error"] == "invalid_grant"
    )


def test_disconnecting_one_organisation_leaves_the_other(local: Local) -> None:
    first, second = local.call("GET", "/connections").json()
    assert local.call("DELETE", f"/connections/{first['id']}").status_code == 204
    assert local.call("DELETE", f"/connections/{first['id']}").status_code == 404
    assert [each["id"] for each in local.call("GET", "/Connections").json()] == [second["id"]]
    refused = local.call("GET", "Organisation")
    assert (refused.status_code, refused.json()["Detail"]) == (403, "AuthenticationUnsuccessful")
    assert local.call("GET", "Organisation", headers={"xero-tenant-id": second["tenantId"]}).status_code == 200


def test_tokens_are_looked_at_with_xeros_own_bodies(local: Local) -> None:
    missing = local.call("PUT", "ManualJournals", json={}, headers={"Authorization": "", "Accept": ""})
    assert (missing.status_code, missing.json()["Detail"]) == (401, "AuthenticationUnsuccessful")
    assert local.call("GET", "Accounts", headers={"xero-tenant-id": ""}).status_code == 403
    local.clock.advance(1_800)
    expired = local.call("GET", "Accounts")
    assert expired.status_code == 401
    assert expired.json()["Title"] == "Unauthorized"
    assert expired.json()["Detail"].startswith("TokenExpired: token expired at ")


def test_a_missing_scope_is_a_401_that_says_so(local: Local) -> None:
    local.access = local.stand.tokens.grant(["accounting.manualjournals.read"], local.tenants()).access
    assert local.call("GET", "ManualJournals").status_code == 200
    for refused in (local.call("PUT", "ManualJournals", json=manual_journal()), local.call("GET", "Accounts")):
        assert refused.status_code == 401
        assert "insufficient_scope" in refused.headers["WWW-Authenticate"]
    local.access = local.stand.tokens.grant(["accounting.transactions"], local.tenants()).access
    assert local.call("PUT", "ManualJournals", json=manual_journal()).status_code == 200


def test_sixty_calls_a_minute_are_taken_and_the_next_is_told_how_long_to_wait(local: Local) -> None:
    for left in range(59, -1, -1):
        told = local.call("GET", "Organisation")
        assert (told.status_code, told.headers["X-MinLimit-Remaining"]) == (200, str(left))
    refused = local.call("PUT", "ManualJournals", json=manual_journal())
    assert refused.status_code == 429
    assert (refused.headers["X-Rate-Limit-Problem"], refused.headers["Retry-After"]) == ("minute", "60")
    assert refused.headers["Xero-Correlation-Id"]
    assert local.call("GET", "Organisation", headers={"xero-tenant-id": local.tenants()[1]}).status_code == 200
    local.clock.advance(60)
    assert local.call("GET", "Organisation").headers["X-DayLimit-Remaining"] == "4939"
    local.faults(limits=False)
    assert {local.call("GET", "Organisation").status_code for _ in range(61)} == {200}


@pytest.mark.parametrize(
    ("fault", "problem", "wait"),
    [
        ({"fault": "throttle"}, "minute", "60"),
        ({"fault": "throttle", "body": "day", "seconds": 66_975}, "day", "66975"),
        ({"fault": "concurrency"}, "concurrent", None),
    ],
)
def test_limits_can_be_made_to_strike(local: Local, fault: Body, problem: str, wait: str | None) -> None:
    local.faults(**fault)
    told = local.call("PUT", "ManualJournals", json=manual_journal())
    assert told.status_code == 429
    assert (told.headers["X-Rate-Limit-Problem"], told.headers.get("Retry-After")) == (problem, wait)


def test_what_is_not_there_is_a_page(local: Local) -> None:
    for path in ("Invoices", "ManualJournals/00000000-0000-0000-0000-000000000001"):
        told = local.call("GET", path)
        assert told.status_code == 404
        assert "The resource you're looking for cannot be found" in told.text
        assert told.headers["content-type"].startswith("text/html")


def test_it_comes_with_the_plugin_and_tells_a_client_what_it_needs() -> None:
    sandbox = load().sandboxes["xero"].sandbox
    told = sandbox.credentials(BASE)
    assert told.keys() == {
        "base_url",
        "client_id",
        "client_secret",
        "refresh_token",
        "company_id",
        "redirect_uris",
        "scopes",
    }


def test_the_link_of_a_journal_leads_to_its_page_through_the_organisation(local: Local) -> None:
    (made,) = local.call("PUT", "ManualJournals", json=manual_journal()).json()["ManualJournals"]
    link = f"/organisationlogin/default.aspx?shortcode=!Dm0US&redirecturl=/Journal/View.aspx?invoiceID={made['ManualJournalID']}"
    there = local.bare.get(link).headers["location"]
    page = local.bare.get(urlsplit(there).path, params=dict(parse_qsl(urlsplit(there).query)))
    assert "125.40" in page.text
    assert "Food Inventory" in page.text
    elsewhere = link.replace("/Journal", "https://elsewhere.example")
    for wrong in (link.replace("Dm0US", "x"), elsewhere, "/Journal/View.aspx?invoiceID=x"):
        assert local.bare.get(wrong).status_code == 404
