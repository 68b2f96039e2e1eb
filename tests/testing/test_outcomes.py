"""How the connector for the ledger sorts every answer and every silence: was the journal written, and who must act?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from hub.api import (
    AccountMissing,
    Connection,
    ConnectorError,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    TryLater,
)
from hub.testing import Fault, LossyTransport, Profile
from tests.testing.kit import Script, World, connector, entry

NOTHING_LEFT = (Fault.CONNECT_REFUSED, Fault.CONNECT_TIMED_OUT)
THROTTLED = {
    Fault.THROTTLED_0: 0,
    Fault.THROTTLED_120: 120,
    Fault.THROTTLED_DATE: 120,
    Fault.THROTTLED_NEGATIVE: None,
    Fault.THROTTLED_WORD: None,
    Fault.THROTTLED_HUGE: 86_400,
    Fault.THROTTLED_SILENT: None,
}
UNKNOWN = sorted(set(Fault) - set(NOTHING_LEFT) - set(THROTTLED))


@pytest.fixture(params=list(Profile))
def world(request: pytest.FixtureRequest) -> World:
    """A ledger of each profile."""
    return World(request.param)


@pytest.mark.parametrize("fault", NOTHING_LEFT)
def test_nothing_was_written_where_no_byte_left(world: World, fault: Fault) -> None:
    with pytest.raises(TryLater) as raised:
        world.session(fault).post(entry())
    assert (raised.value.code, raised.value.retry_after_s) == ("not_reached", None)
    assert world.ledger.journals() == ()


@pytest.mark.parametrize(("fault", "wait_s"), THROTTLED.items())
def test_a_throttled_call_wrote_nothing_and_says_when_to_come_again(
    world: World, fault: Fault, wait_s: int | None
) -> None:
    with pytest.raises(TryLater) as raised:
        world.session(fault).post(entry())
    assert raised.value.retry_after_s == wait_s


@pytest.mark.parametrize("fault", UNKNOWN)
def test_every_other_fault_leaves_the_outcome_unknown(world: World, fault: Fault) -> None:
    with pytest.raises(OutcomeUnknown):
        world.session(fault).post(entry())


@pytest.mark.parametrize("fault", sorted(set(UNKNOWN) - {Fault.GZIP_BOMB}))
def test_the_connector_itself_says_so_and_needs_no_host_to_doubt_it(fault: Fault) -> None:
    world = World()
    lossy = LossyTransport(world.ledger.transport(), Script([fault]))
    with httpx2.Client(transport=lossy) as through, pytest.raises(OutcomeUnknown):
        world.bare_session(through).post(entry())


@pytest.mark.parametrize("fault", [*NOTHING_LEFT, *THROTTLED, *UNKNOWN])
def test_a_look_up_that_fails_never_says_that_there_is_no_journal(world: World, fault: Fault) -> None:
    with pytest.raises(ConnectorError):
        world.session(fault).find(entry())


@pytest.mark.parametrize("fault", [*NOTHING_LEFT, *THROTTLED, *UNKNOWN])
def test_reading_that_fails_never_says_that_a_journal_is_gone(world: World, fault: Fault) -> None:
    receipt = world.session().post(entry())
    with pytest.raises(ConnectorError):
        world.session(fault).read(receipt)


def close_period(world: World) -> None:
    world.ledger.close_period(date(2026, 12, 31))


def deactivate(world: World) -> None:
    world.ledger.deactivate("acc-5010")


def revoke(world: World) -> None:
    world.ledger.revoke()


def ask_for_tokens(world: World) -> None:
    world.ledger.issue_token()


@pytest.mark.parametrize(
    ("change", "lines", "kind", "code"),
    [
        (close_period, (), PeriodClosed, "period_closed"),
        (deactivate, (), AccountMissing, "account_inactive"),
        (None, ("Dr 1310 1", "Cr 7777 1"), AccountMissing, "account_unknown"),
        (revoke, (), ReconnectNeeded, "access_revoked"),
        (ask_for_tokens, (), ReconnectNeeded, "token_invalid"),
    ],
)
def test_a_code_on_the_closed_list_says_who_must_act(
    world: World,
    change: Callable[[World], None] | None,
    lines: tuple[str, ...],
    kind: type[NotWritten],
    code: str,
) -> None:
    if change:
        change(world)
    with pytest.raises(kind) as raised:
        world.session().post(entry(*lines))
    assert type(raised.value) is kind
    assert raised.value.code == code
    assert raised.value.request_id.startswith("R-")
    assert world.ledger.journals() == ()


def test_another_currency_is_rejected_and_another_company_asks_to_reconnect(world: World) -> None:
    with pytest.raises(EntryRejected, match="USD"):
        world.session().post(entry("Dr 1310 10", "Cr 5010 10", currency="EUR"))
    other = Connection(name="books", settings=world.settings(company="2"), client=world.client())
    with pytest.raises(ReconnectNeeded):
        connector().open(other).post(entry())


def test_a_call_signed_with_a_token_that_is_alive_is_let_in(world: World) -> None:
    token = world.ledger.issue_token(life_s=60)
    session = world.session(headers={"Authorization": f"Bearer {token}"})
    assert session.post(entry()).id == "J1001"
    world.clock.advance(60)
    with pytest.raises(ReconnectNeeded):
        session.find(entry())


def answering(status: int, **answer: Any) -> httpx2.Client:
    return httpx2.Client(transport=httpx2.MockTransport(lambda _request: httpx2.Response(status, **answer)))


def refusal(code: object) -> dict[str, Any]:
    return {"error": {"code": code, "message": "No."}}


@pytest.mark.parametrize("status", [200, 400, 409, 422, 500, 503])
def test_a_listed_code_counts_whatever_the_status_of_the_error(status: int) -> None:
    expected = OutcomeUnknown if status == 200 else PeriodClosed
    with answering(status, json=refusal("period_closed")) as client, pytest.raises(expected):
        World().bare_session(client).post(entry())


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"json": refusal("a_new_code")}),
        (400, {"json": refusal("key_reused")}),
        (400, {"json": refusal(7)}),
        (400, {"json": refusal(None)}),
        (400, {"json": {"error": "period_closed"}}),
        (400, {"json": ["period_closed"]}),
        (401, {"html": "<h1>Unauthorized</h1>"}),
        (403, {}),
        (404, {}),
        (409, {"json": refusal("busy")}),
        (200, {"json": {"journal": None}}),
        (200, {"json": {"journal": {}}}),
        (200, {"json": {"journal": {"id": ""}}}),
        (200, {"json": {"journal": {"id": 1001}}}),
        (201, {"content": b"[" * 100_000}),
        (202, {}),
        (204, {}),
        (205, {}),
        (300, {}),
        (304, {}),
    ],
)
def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(status: int, answer: dict[str, Any]) -> None:
    with answering(status, **answer) as client, pytest.raises(OutcomeUnknown):
        World().bare_session(client).post(entry())


def test_a_success_that_speaks_of_an_error_says_nothing_about_a_journal() -> None:
    receipt = Receipt(id="J1001", status=ReceiptStatus.POSTED)
    with answering(200, json=refusal("journal_unknown")) as client, pytest.raises(ConnectorError):
        World().bare_session(client).read(receipt)
    with answering(200, json=refusal("already_exists")) as client, pytest.raises(OutcomeUnknown) as raised:
        World(Profile.EXTERNAL_ID).bare_session(client).post(entry())
    assert raised.value.code == "unreadable"


def recorded_answer(world: World) -> dict[str, Any]:
    """A sound answer to a posted entry, to spoil."""
    told: dict[str, Any] = world.send().json()
    return told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reference", "IAANOTHER01"),
        ("id", None),
        ("date", "31/10/2026"),
        ("date", None),
        ("status", "booked"),
        ("currency", ""),
        ("number", 1001),
        ("lines", None),
        ("lines", [None]),
        ("lines", [{"account_id": "acc-1310", "debit": 4812.37}]),
        ("lines", [{"account_id": "acc-1310", "debit": "NaN"}]),
        ("lines", [{"account_id": "acc-1310", "debit": "1", "credit": "1"}]),
        ("lines", [{"account_id": "acc-1310"}]),
        ("lines", [{"account_id": 1310, "debit": "1"}]),
    ],
)
def test_a_journal_that_is_not_told_properly_leaves_the_outcome_unknown(name: str, value: object) -> None:
    world = World()
    told = recorded_answer(world)
    with answering(201, json=told) as client:
        assert world.bare_session(client).post(entry()).id == "J1001"
    told["journal"][name] = value
    with answering(201, json=told) as client, pytest.raises(OutcomeUnknown):
        world.bare_session(client).post(entry())


@pytest.mark.parametrize(
    "told",
    [
        {"accounts": None},
        {"accounts": [{"id": "1"}]},
        {"accounts": [{"id": "1", "active": "yes"}]},
        {"accounts": [], "next_page": 1},
        {"accounts": [], "next_page": "2"},
    ],
)
def test_a_chart_that_is_not_told_properly_is_an_error_and_not_an_empty_chart(told: dict[str, Any]) -> None:
    with answering(200, json=told) as client, pytest.raises(ConnectorError) as raised:
        list(World().bare_session(client).accounts())
    assert raised.value.code == "unreadable"


def test_a_kind_of_account_that_the_contract_does_not_know_is_none() -> None:
    told = {"accounts": [{"id": "1", "kind": "statistical", "active": True}], "next_page": None}
    with answering(200, json=told) as client:
        (account,) = World().bare_session(client).accounts()
    assert account.kind is None


@pytest.mark.parametrize(
    ("told", "wait_s"),
    [
        ("0", 0),
        ("90", 90),
        (" 90 ", 90),
        ("86401", 86_400),
        ("9" * 30, None),
        ("-5", None),
        ("1.5", None),
        ("1e3", None),
        ("٩٠", None),
        ("soon", None),
        ("", None),
        ("Mon, 02 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 02 Nov 2026 08:00:00 GMT", 0),
        ("Mon, 02 Nov 2099 08:00:00 GMT", 86_400),
        ("Mon, 99 Nov 2026 08:00:00 GMT", None),
    ],
)
def test_the_time_to_wait_is_read_as_seconds_or_as_a_date_and_never_longer_than_a_day(
    told: str, wait_s: int | None
) -> None:
    headers = {"Retry-After": told.encode(), "Date": b"Mon, 02 Nov 2026 09:00:00 GMT"}
    with answering(429, headers=headers) as client, pytest.raises(TryLater) as raised:
        World().bare_session(client).post(entry())
    assert raised.value.retry_after_s == wait_s


def test_a_date_to_wait_for_means_nothing_without_the_servers_own_date() -> None:
    headers = {"Retry-After": "Mon, 02 Nov 2026 09:02:00 GMT"}
    with answering(429, headers=headers) as client, pytest.raises(TryLater) as raised:
        World().bare_session(client).post(entry())
    assert raised.value.retry_after_s is None


def test_no_redirect_is_followed_though_the_client_would(world: World) -> None:
    lossy = LossyTransport(world.ledger.transport(), Script([Fault.REDIRECT_307]))
    with httpx2.Client(transport=lossy, follow_redirects=True) as through, pytest.raises(OutcomeUnknown):
        world.bare_session(through).post(entry())
    assert world.ledger.journals() == ()
