"""Tokens of programs: made, used, expired and revoked; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.domain.access import Scope
from hub.plugins import load
from hub.service import tokens
from hub.service.auditing import listed
from hub.service.companies import add_company, set_company
from hub.service.context import Hub, NotFound, Refused
from hub.service.signing_in import TRIES_OF_ADDRESS
from hub.service.tokens import TokenRefused, token_of
from hub.store import Database
from tests.audit_key import AUDIT_KEY

BOTH = (Scope.READ, Scope.EXPORT)
HERE = "192.0.2.7"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Hub]:
    database = Database(database_url, audit_key=AUDIT_KEY)
    opened = Hub(database=database, registry=load(only=[]), clock=clock, home=tmp_path, actor="amy")
    for code in ("ACME", "OTHER"):
        add_company(opened, code=code, name=code.title(), currency="USD")
    yield opened
    database.close()


def refused(hub: Hub, secret: str, address: str = HERE) -> tuple[str, int]:
    """The code with which a token is refused, and how long to wait."""
    with pytest.raises(TokenRefused) as refusal:
        token_of(hub, secret, address=address)
    return refusal.value.problems[0].code, refusal.value.wait_s


def test_a_token_is_of_one_company_and_for_what_it_was_made_for(hub: Hub) -> None:
    secret = tokens.add_token(hub, "ACME", " Counting app ", BOTH)
    found = token_of(hub, secret, address=HERE)
    assert (found.company, found.name, found.scopes) == ("ACME", "Counting app", frozenset(BOTH))
    assert found.actor == "API token Counting app"
    assert tokens.tokens(hub, "OTHER") == []


def test_no_two_tokens_are_alike_and_what_was_shown_once_is_stored_nowhere(hub: Hub) -> None:
    made = [tokens.add_token(hub, "ACME", str(number), BOTH) for number in range(3)]
    assert len(set(made)) == 3
    assert all(len(secret) == 47 for secret in made)
    with hub.database.read() as connection:
        tables = ("api_token", "audit_event")
        kept = [str(row) for table in tables for row in connection.execute(text(f"SELECT * FROM {table}"))]
    assert not any(secret[8:] in row for row in kept for secret in made)


def test_who_made_and_who_ended_a_token_is_listed_and_in_the_audit_trail(hub: Hub) -> None:
    tokens.add_token(hub, "ACME", "app", BOTH, date(2026, 12, 31))
    ben = replace(hub, actor="ben")
    for _ in range(2):
        tokens.revoke_token(ben, "ACME", "app")
    (shown,) = tokens.tokens(hub, "ACME")
    assert (shown["made_by"], shown["revoked_by"], shown["state"]) == ("amy", "ben", "revoked")
    assert shown["scopes"] == ["export", "read"]
    trail = [(each["actor"], each["action"], each["subject"], each["detail"]) for each in listed(hub, "ACME", 9)]
    assert trail[:2] == [
        ("ben", "revoke token", "app", {}),
        ("amy", "add token", "app", {"scopes": ["export", "read"], "expires": "2026-12-31"}),
    ]
    assert len(trail) == 3


def test_wrong_expired_and_revoked_tokens_are_refused_alike(hub: Hub, clock: Clock) -> None:
    expired = tokens.add_token(hub, "ACME", "one", BOTH, date(2026, 11, 2))
    revoked = tokens.add_token(hub, "ACME", "two", BOTH)
    good = tokens.add_token(hub, "ACME", "three", BOTH)
    tokens.revoke_token(hub, "ACME", "two")
    clock.now += timedelta(days=1)
    told = {refused(hub, each) for each in (expired, revoked, good[:-1], "", "hub_", "é" * 47, "\ud800")}
    assert told == {("token_wrong", 0)}
    assert token_of(hub, good, address=HERE).name == "three"


def test_a_token_is_good_until_its_last_day_is_over_where_the_company_is(hub: Hub, clock: Clock) -> None:
    set_company(hub, "ACME", {"time_zone": "America/New_York"})
    secret = tokens.add_token(hub, "ACME", "app", BOTH, date(2026, 11, 2))
    clock.now = datetime(2026, 11, 3, 4, 59, tzinfo=UTC)
    assert token_of(hub, secret, address=HERE)
    clock.now += timedelta(minutes=1)
    assert refused(hub, secret) == ("token_wrong", 0)
    (shown,) = tokens.tokens(hub, "ACME")
    assert (shown["state"], shown["last_day"]) == ("expired", "2026-11-02")


def test_the_last_use_is_kept_to_the_minute(hub: Hub, clock: Clock) -> None:
    secret = tokens.add_token(hub, "ACME", "app", BOTH)
    assert tokens.tokens(hub, "ACME")[0]["used_at"] is None
    for seconds in (0, 59, 1):
        clock.now += timedelta(seconds=seconds)
        token_of(hub, secret, address=HERE)
    assert tokens.tokens(hub, "ACME")[0]["used_at"] == "2026-11-02T09:01:00+00:00"


def test_wrong_tokens_are_counted_by_address_and_a_good_one_is_let_in_all_the_same(hub: Hub, clock: Clock) -> None:
    secret = tokens.add_token(hub, "ACME", "app", BOTH)
    told = [refused(hub, "hub_wrong") for _ in range(TRIES_OF_ADDRESS + 1)]
    assert told == [("token_wrong", 0)] * TRIES_OF_ADDRESS + [("token_often", 15 * 60)]
    assert refused(hub, "hub_wrong", "192.0.2.8") == ("token_wrong", 0)
    assert token_of(hub, secret, address=HERE)
    clock.now += timedelta(minutes=15)
    assert refused(hub, "hub_wrong") == ("token_wrong", 0)


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "code"),
    [
        ("", BOTH, None, "name_invalid"),
        ("a\nb", BOTH, None, "name_invalid"),
        ("a" * 101, BOTH, None, "name_invalid"),
        ("app", (), None, "scopes_missing"),
        ("app", BOTH, date(2026, 11, 1), "expiry_invalid"),
        ("app", BOTH, date.max, "expiry_invalid"),
        ("taken", BOTH, None, "token_exists"),
    ],
)
def test_a_token_that_cannot_be_is_refused(
    hub: Hub, name: str, scopes: tuple[Scope, ...], expires: date | None, code: str
) -> None:
    tokens.add_token(hub, "ACME", "taken", BOTH)
    tokens.revoke_token(hub, "ACME", "taken")
    with pytest.raises(Refused) as refusal:
        tokens.add_token(hub, "ACME", name, scopes, expires)
    assert refusal.value.problems[0].code == code
    assert len(tokens.tokens(hub, "ACME")) == 1


def test_a_token_of_another_company_cannot_be_revoked(hub: Hub) -> None:
    tokens.add_token(hub, "ACME", "app", BOTH)
    with pytest.raises(NotFound):
        tokens.revoke_token(hub, "OTHER", "app")
