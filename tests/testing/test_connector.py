"""The connector for the ledger: what it reads and writes, and how it sorts every answer and every silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import httpx2
import pytest

from hub.api import (
    Account,
    AccountMissing,
    Connection,
    ConnectorError,
    Guarantee,
    OutcomeUnknown,
    Receipt,
    ReceiptStatus,
    Side,
)
from hub.domain.comparing import differences
from hub.plugins import SettingsInvalid
from hub.testing import FakeConnector, Fault, LedgerFault, Profile
from tests.testing.kit import BASE_URL, World, connector, entry


@pytest.fixture(params=list(Profile))
def world(request: pytest.FixtureRequest) -> World:
    """A ledger of each profile."""
    return World(request.param)


def test_a_posted_entry_is_recorded_as_it_was_frozen(world: World) -> None:
    sent = entry("Dr 1310 4812.37", "Dr 1340 9650.00", "Cr 5010 4812.37", "Cr 5100 9650.00")
    receipt = world.session().post(sent)
    assert (receipt.id, receipt.number, receipt.status) == ("J1001", "JE-1001", ReceiptStatus.POSTED)
    assert receipt.url == f"{BASE_URL}/journals/J1001"
    assert receipt.recorded is not None
    assert differences(sent, receipt.recorded) == ()
    assert receipt.recorded.lines[0].account == Account(id="acc-1310", number="1310", name="Food Inventory")
    assert world.ledger.trial_balance()["acc-1340"] == Decimal("9650.00")


def test_an_entry_whose_accounts_have_no_ids_goes_by_their_numbers(world: World) -> None:
    sent = entry()
    nameless = replace(
        sent, lines=tuple(replace(line, account=Account(number=line.account.number)) for line in sent.lines)
    )
    recorded = world.session().post(nameless).recorded
    assert recorded is not None
    assert differences(nameless, recorded) == ()


def test_an_account_without_id_or_number_is_refused_before_anything_is_sent(world: World) -> None:
    sent = entry()
    nameless = replace(sent, lines=tuple(replace(line, account=Account(name="Food")) for line in sent.lines))
    with pytest.raises(AccountMissing):
        world.session().post(nameless)
    assert world.ledger.traffic.calls == 0


def test_every_attempt_sends_the_same_bytes_with_the_same_key(world: World) -> None:
    seen: list[tuple[str, bytes, str | None]] = []

    def record(request: httpx2.Request) -> httpx2.Response:
        seen.append((str(request.url), request.read(), request.headers.get("Idempotency-Key")))
        return httpx2.Response(503)

    for _ in range(2):
        with httpx2.Client(transport=httpx2.MockTransport(record)) as client, pytest.raises(OutcomeUnknown):
            world.bare_session(client).post(entry())
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert any(entry().key in str(part) for part in seen[0]) is (world.profile is not Profile.NO_KEY)


def test_posting_twice_leaves_one_journal_where_a_key_is_kept() -> None:
    for profile in (Profile.REQUEST_ID, Profile.SHORT_KEY, Profile.EXTERNAL_ID):
        world = World(profile)
        session = world.session()
        assert session.post(entry()) == session.post(entry())
        assert len(world.ledger.journals()) == 1


def test_a_look_up_finds_every_journal_of_the_entry_and_no_other(world: World) -> None:
    world.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    session = world.session()
    session.post(entry())
    session.post(entry(reference="IAOTHER0001", key="f" * 32))
    assert [receipt.id for receipt in session.find(entry())] == ["J1001", "J1002"]
    assert session.find(entry(reference="IANOWHERE01", key="e" * 32)) == ()


def test_a_look_up_by_external_id_finds_a_journal_whose_reference_a_user_changed() -> None:
    world = World(Profile.EXTERNAL_ID)
    session = world.session()
    session.post(entry())
    world.ledger.edit("J1001", reference="renamed")
    assert [receipt.id for receipt in session.find(entry())] == ["J1001"]


def test_an_entry_that_exists_already_gives_the_journal_that_exists() -> None:
    world = World(Profile.EXTERNAL_ID)
    with pytest.raises(OutcomeUnknown):
        world.session(Fault.ANSWER_LOST).post(entry())
    assert world.session().post(entry()).id == "J1001"
    assert len(world.ledger.journals()) == 1


@pytest.mark.parametrize("look_up", [Fault.UNAVAILABLE_503, Fault.THROTTLED_0, Fault.CONNECT_REFUSED])
def test_an_entry_that_exists_already_and_cannot_be_looked_up_is_unknown(look_up: Fault) -> None:
    world = World(Profile.EXTERNAL_ID)
    world.session().post(entry())
    with pytest.raises(OutcomeUnknown) as raised:
        world.session(None, look_up).post(entry())
    assert raised.value.code == "already_exists"


def test_an_entry_that_exists_already_and_is_not_shown_yet_is_unknown() -> None:
    world = World(Profile.EXTERNAL_ID)
    world.ledger.lag_look_ups(10)
    session = world.session()
    session.post(entry())
    with pytest.raises(OutcomeUnknown):
        session.post(entry())


def test_an_entry_that_exists_twice_already_is_unknown_so_that_the_hub_looks_at_both() -> None:
    world = World(Profile.EXTERNAL_ID)
    world.ledger.misbehave(LedgerFault.WRITTEN_TWICE)
    session = world.session()
    session.post(entry())
    with pytest.raises(OutcomeUnknown):
        session.post(entry())


def test_reading_a_journal_tells_how_it_stands_now(world: World) -> None:
    session = world.session()
    receipt = session.post(entry())
    assert session.read(receipt) == receipt.recorded
    world.ledger.void(receipt.id)
    recorded = session.read(receipt)
    assert recorded is not None
    assert recorded.status is ReceiptStatus.VOID
    world.ledger.delete(receipt.id)
    assert session.read(receipt) is None


def test_a_journal_is_gone_only_when_the_ledger_says_so(world: World) -> None:
    receipt = Receipt(id="J1001", status=ReceiptStatus.POSTED)
    lying = httpx2.MockTransport(lambda _request: httpx2.Response(404, html="<p>not here</p>"))
    with httpx2.Client(transport=lying) as client, pytest.raises(ConnectorError):
        world.bare_session(client).read(receipt)


def test_a_draft_is_finished(world: World) -> None:
    world.ledger.misbehave(LedgerFault.MADE_DRAFT)
    session = world.session()
    draft = session.post(entry())
    assert draft.status is ReceiptStatus.DRAFT
    finished = session.finish(draft, entry())
    assert (finished.id, finished.status) == (draft.id, ReceiptStatus.POSTED)
    assert finished.recorded is not None
    assert differences(entry(), finished.recorded) == ()


def test_finishing_what_a_user_deleted_is_unknown(world: World) -> None:
    world.ledger.misbehave(LedgerFault.MADE_DRAFT)
    session = world.session()
    draft = session.post(entry())
    world.ledger.delete(draft.id)
    with pytest.raises(OutcomeUnknown):
        session.finish(draft, entry())


def test_what_changed_there_is_told_with_what_is_recorded(world: World) -> None:
    session = world.session()
    for number, key in ((1, "a" * 32), (2, "b" * 32), (3, "c" * 32)):
        session.post(entry(reference=f"IACHANGED0{number}", key=key))
    world.clock.advance(60)
    world.ledger.edit("J1001", memo="corrected")
    world.ledger.delete("J1002")
    changed = {receipt.id: receipt for receipt in session.changed_since(world.clock.now())}
    assert sorted(changed) == ["J1001", "J1002"]
    assert changed["J1001"].recorded is not None
    assert (changed["J1002"].status, changed["J1002"].recorded) == (ReceiptStatus.VOID, None)


def test_the_chart_comes_whole_with_inactive_accounts(world: World) -> None:
    world.ledger.deactivate("acc-5010")
    accounts = world.session().accounts()
    assert accounts == world.ledger.accounts
    assert {account.number for account in accounts if not account.active} == {"1390", "5010"}


def test_a_long_chart_comes_page_by_page() -> None:
    accounts = [Account(id=f"acc-{number}", number=str(number)) for number in range(1000, 1250)]
    world = World(options={"accounts": accounts})
    assert len(world.session().accounts()) == 250
    assert world.ledger.traffic.calls == 3


def test_the_books_are_told_with_their_currency(world: World) -> None:
    (company,) = world.session().companies()
    assert (company.id, company.name, company.currency) == ("1", "Fake Company", "USD")
    assert world.session().dimensions() == ()


def test_preflight_tells_everything_at_once_and_writes_nothing(world: World) -> None:
    world.ledger.close_period(date(2026, 10, 31))
    session = world.session()
    sent = entry("Dr 1390 10.00", "Dr 1390 5.00", "Cr 9999 15.00")
    told = [(problem.code, problem.where.line) for problem in session.preflight(sent)]
    assert told == [("period_closed", None), ("account_inactive", 1), ("account_missing", 3)]
    assert all(problem.fix for problem in session.preflight(sent))
    assert world.ledger.journals() == ()


def test_preflight_tells_of_a_currency_and_of_too_many_lines(world: World) -> None:
    settings = world.settings(lines_per_entry=2)
    session = connector().open(Connection(name="books", settings=settings, client=world.client()))
    sent = entry("Dr 1310 10", "Dr 1340 10", "Cr 5010 20", currency="JPY")
    assert [problem.code for problem in session.preflight(sent)] == ["currency_mismatch", "too_many_lines"]


def test_preflight_of_a_sound_entry_finds_nothing(world: World) -> None:
    assert world.session().preflight(entry()) == ()


def test_without_a_client_no_session_is_opened() -> None:
    with pytest.raises(ConnectorError) as raised:
        connector().open(Connection(name="books", settings=World().settings()))
    assert raised.value.code == "no_client"


@pytest.mark.parametrize("profile", list(Profile))
def test_limits_are_the_profiles_unless_the_settings_say_otherwise(profile: Profile) -> None:
    settings = {"base_url": BASE_URL, "profile": profile.value}
    usual = connector().limits(connector().settings_from(settings))
    assert usual == profile.limits
    quick = connector().limits(connector().settings_from({**settings, "latest_commit_s": "2", "calls_at_once": "1"}))
    assert quick == replace(profile.limits, latest_commit_s=2, calls_at_once=1)


def test_a_short_key_lives_shorter_than_the_latest_commit() -> None:
    limits = Profile.SHORT_KEY.limits
    assert (limits.key_life_s, limits.latest_commit_s) == (360, 1_500)


def test_the_guarantee_is_what_the_profile_gives_and_by_default_what_all_of_them_give() -> None:
    assert FakeConnector().info.guarantee is Guarantee.LOOK_UP
    assert FakeConnector(Profile.SHORT_KEY).info.guarantee is Guarantee.SERVER_KEY
    assert connector().label(World().settings()) == "Fake Ledger"


@pytest.mark.parametrize(
    "settings",
    [{}, {"base_url": "ledger.example"}, {"base_url": "http://a/b"}, {"base_url": BASE_URL, "latest_commit_s": "0"}],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid):
        connector().settings_from(settings)


def test_an_exactly_recorded_amount_survives_the_way_there_and_back() -> None:
    world = World()
    receipt = world.session().post(entry("Dr 1310 90071992547409.93", "Cr 5010 90071992547409.93"))
    assert receipt.recorded is not None
    assert {(line.side, line.amount) for line in receipt.recorded.lines} == {
        (Side.DEBIT, Decimal("90071992547409.93")),
        (Side.CREDIT, Decimal("90071992547409.93")),
    }
