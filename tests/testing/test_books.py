"""The ledger's books: double entry, what it refuses, and what its users do to journals."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Account, Limits, ReceiptStatus, Side
from hub.testing import CHART, FakeLedger, LedgerFault, LedgerRefused, Line, Profile, VirtualClock
from hub.testing.ledger import read_chart
from tests.testing.kit import World, code, journal_body


@pytest.fixture
def world() -> World:
    return World()


def balances(ledger: FakeLedger) -> dict[str, str]:
    """The accounts that a journal has touched, by number, debit positive."""
    return {
        account.removeprefix("acc-"): str(balance)
        for account, balance in ledger.trial_balance().balances.items()
        if balance
    }


def test_a_journal_moves_the_accounts_it_names(world: World) -> None:
    answer = world.send(journal_body("Dr 1310 4812.37", "Dr 1340 100", "Cr 5010 4912.37"))
    assert answer.status_code == 201
    assert balances(world.ledger) == {"1310": "4812.37", "1340": "100.00", "5010": "-4912.37"}
    assert world.ledger.trial_balance().total == 0


def test_a_journal_answers_with_all_that_was_recorded(world: World) -> None:
    journal = world.send().json()["journal"]
    assert (journal["id"], journal["number"], journal["reference"], journal["status"]) == (
        "J1001",
        "JE-1001",
        "IA7K2Q9XM4B",
        "posted",
    )
    assert journal["lines"][0] == {
        "account_id": "acc-1310",
        "account_number": "1310",
        "account_name": "Food Inventory",
        "debit": "4812.37",
        "memo": "",
    }
    assert world.call("GET", f"/journals/{journal['id']}").json()["journal"] == journal


def test_an_account_may_go_by_its_number(world: World) -> None:
    told = journal_body()
    told["lines"][0] = {"account_number": "1310", "debit": "4812.37"}
    assert world.send(told).status_code == 201
    assert balances(world.ledger) == {"1310": "4812.37", "5010": "-4812.37"}


def one_line(**changes: Any) -> dict[str, Any]:
    """A journal whose first line has been changed."""
    told = journal_body()
    told["lines"][0] = {**told["lines"][0], **changes}
    return told


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (journal_body("Dr 1310 10", "Cr 5010 9.99"), "unbalanced"),
        (journal_body("Dr 1310 10", "Cr 9999 10"), "account_unknown"),
        (one_line(account_id="1310"), "account_unknown"),
        (journal_body("Dr 1390 10", "Cr 5010 10"), "account_inactive"),
        (journal_body("Dr 1310 10.001", "Cr 5010 10.001"), "amount_invalid"),
        (journal_body("Dr 1310 0", "Cr 5010 0"), "amount_invalid"),
        (journal_body("Dr 1310 -1", "Cr 5010 -1"), "amount_invalid"),
        (one_line(debit=4812.37), "amount_invalid"),
        (one_line(debit="٤٨١٢"), "amount_invalid"),
        (journal_body(lines=[]), "amount_invalid"),
        (journal_body(currency="EUR"), "currency_mismatch"),
        (journal_body(date="31.10.2026"), "malformed"),
        (journal_body(lines="none"), "malformed"),
        (journal_body(reference=7), "malformed"),
        (one_line(credit="4812.37"), "malformed"),
        ({"lines": []}, "malformed"),
    ],
)
def test_what_is_no_proper_journal_is_refused_with_its_code(world: World, body: dict[str, Any], refused: str) -> None:
    answer = world.send(body)
    assert (answer.status_code, code(answer)) == (400, refused)
    assert world.ledger.journals() == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(world: World, body: bytes) -> None:
    assert code(world.call("POST", "/journals", content=body)) == "malformed"


def test_the_closed_period_is_refused_and_the_day_after_is_not(world: World) -> None:
    world.ledger.close_period(date(2026, 10, 31))
    assert code(world.send()) == "period_closed"
    assert world.send(date="2026-11-01").status_code == 201
    world.ledger.open_period()
    assert world.send().status_code == 201


def test_a_deactivated_account_is_refused_until_it_is_active_again(world: World) -> None:
    world.ledger.deactivate("acc-5010")
    assert code(world.send()) == "account_inactive"
    world.ledger.activate("acc-5010")
    assert world.send().status_code == 201


def test_an_account_that_may_not_be_posted_to_is_refused() -> None:
    accounts = [*CHART, Account(id="acc-1200", number="1200", name="A/R", why_not_postable="Invoices post to it.")]
    world = World(options={"accounts": accounts})
    assert code(world.send(journal_body("Dr 1200 1", "Cr 5010 1"))) == "account_inactive"


def test_more_lines_than_the_ledger_takes_are_refused() -> None:
    world = World(options={"limits": Limits(lines_per_entry=2)})
    assert code(world.send(journal_body("Dr 1310 1", "Dr 1340 1", "Cr 5010 2"))) == "too_many_lines"
    assert world.send().status_code == 201


def test_another_company_is_refused(world: World) -> None:
    answer = world.call("GET", "http://ledger.example/companies/2/accounts")
    assert (answer.status_code, code(answer)) == (403, "company_wrong")


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("POST", "/accounts"), ("GET", "/journals/1/2")])
def test_an_address_that_does_not_exist_is_refused(world: World, method: str, path: str) -> None:
    assert code(world.call(method, path)) == "path_unknown"


def test_voiding_keeps_the_journal_and_takes_its_amounts_out(world: World) -> None:
    world.send()
    world.ledger.void("J1001")
    assert [journal.status for journal in world.ledger.journals()] == [ReceiptStatus.VOID]
    assert balances(world.ledger) == {}


def test_deleting_takes_the_journal_and_its_amounts_out(world: World) -> None:
    world.send()
    world.ledger.delete("J1001")
    assert world.ledger.journals() == ()
    assert balances(world.ledger) == {}
    assert code(world.call("GET", "/journals/J1001")) == "journal_unknown"
    with pytest.raises(LedgerRefused, match="no such journal"):
        world.ledger.delete("J1001")


def test_an_edit_moves_the_balances_and_is_told_as_a_change(world: World) -> None:
    world.send()
    world.clock.advance(60)
    lines = [line_of("1310", Side.DEBIT, "10"), line_of("5010", Side.CREDIT, "10")]
    world.ledger.edit("J1001", lines=lines, memo="corrected", date=date(2026, 10, 30))
    assert balances(world.ledger) == {"1310": "10.00", "5010": "-10.00"}
    (changed,) = world.call("GET", "/journals", params={"changed_since": world.clock.now().isoformat()}).json()[
        "journals"
    ]
    assert (changed["memo"], changed["date"]) == ("corrected", "2026-10-30")


def test_an_edit_that_does_not_balance_changes_nothing(world: World) -> None:
    world.send()
    with pytest.raises(LedgerRefused, match="differ"):
        world.ledger.edit("J1001", lines=[line_of("1310", Side.DEBIT, "10"), line_of("5010", Side.CREDIT, "9")])
    assert balances(world.ledger) == {"1310": "4812.37", "5010": "-4812.37"}


def test_a_look_up_finds_every_journal_with_the_reference_and_follows_an_edited_one(world: World) -> None:
    world.send()
    world.send()
    world.send(reference="OTHER")
    assert [journal.id for journal in world.ledger.journals("IA7K2Q9XM4B")] == ["J1001", "J1002"]
    world.ledger.edit("J1001", reference="OTHER")
    found = world.call("GET", "/journals", params={"reference": "OTHER"}).json()["journals"]
    assert [journal["id"] for journal in found] == ["J1001", "J1003"]


def test_a_look_up_without_a_reference_finds_nothing(world: World) -> None:
    world.send(reference="")
    assert world.call("GET", "/journals").json() == {"journals": [], "next_page": None}


def test_changes_are_told_from_the_instant_on_deleted_journals_among_them(world: World) -> None:
    world.send()
    world.clock.advance(60)
    since = world.clock.now().isoformat()
    world.send()
    world.ledger.delete("J1001")
    told = world.call("GET", "/journals", params={"changed_since": since}).json()["journals"]
    assert {journal["id"]: journal["status"] for journal in told} == {"J1001": "deleted", "J1002": "posted"}


@pytest.mark.parametrize("asked", [{"changed_since": "yesterday"}, {"changed_since": "2026-10-31"}, {"page": "0x1"}])
def test_a_look_up_that_makes_no_sense_is_refused(world: World, asked: dict[str, str]) -> None:
    assert code(world.call("GET", "/journals", params=asked)) == "malformed"


def test_long_lists_come_in_pages() -> None:
    accounts = [Account(id=f"acc-{number}", number=str(number)) for number in range(1000, 1250)]
    world = World(options={"accounts": accounts})
    pages = [world.call("GET", "/accounts", params={"page": page}).json() for page in ("1", "2", "3")]
    assert [len(page["accounts"]) for page in pages] == [100, 100, 50]
    assert [page["next_page"] for page in pages] == [2, 3, None]


def test_the_overview_tells_journals_and_trial_balance_to_anyone(world: World) -> None:
    world.ledger.revoke()
    world.ledger.grant()
    world.send()
    world.ledger.revoke()
    with_all = world.call("GET", "http://ledger.example/_ledger").json()
    assert [journal["id"] for journal in with_all["journals"]] == ["J1001"]
    rows = {row["account"]: (row["debit"], row["credit"]) for row in with_all["trial_balance"]}
    assert (rows["acc-1310"], rows["acc-5010"]) == (("4812.37", "0.00"), ("0.00", "4812.37"))


def test_a_chart_is_read_from_the_file_that_the_hub_imports(repository: Any) -> None:
    accounts = read_chart(repository / "examples" / "chart.csv")
    assert len(accounts) > 5
    assert accounts[0] == Account(
        id="81", number="1310", name="Inventory:Food Inventory", kind=accounts[0].kind, active=True
    )


def line_of(number: str, side: Side, amount: str) -> Line:
    return Line(account=f"acc-{number}", side=side, amount=Decimal(amount))


AMOUNTS = st.integers(1, 10**9)
NUMBERS = st.sampled_from(["1310", "1340", "5010", "5100", "6100"])


@st.composite
def journal_lines(draw: st.DrawFn) -> list[str]:
    """Lines that balance: some debits, and their sum as credits in two parts at most."""
    debits = draw(st.lists(st.tuples(NUMBERS, AMOUNTS), min_size=1, max_size=4))
    total = sum(minor for _, minor in debits)
    first = draw(st.integers(1, total))
    parts = [each for each in (first, total - first) if each]
    lines = [f"Dr {number} {minor // 100}.{minor % 100:02}" for number, minor in debits]
    return lines + [f"Cr {draw(NUMBERS)} {minor // 100}.{minor % 100:02}" for minor in parts]


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), journal_lines()),
        st.tuples(st.just("edit"), journal_lines()),
        st.tuples(st.sampled_from(["void", "delete", "late", "cent", "drop", "draft", "finish"]), st.none()),
    ),
    max_size=15,
)


@given(actions=ACTIONS)
def test_whatever_happens_the_trial_balance_sums_to_nothing_and_is_what_the_journals_say(
    actions: list[tuple[str, list[str] | None]],
) -> None:
    world = World()
    for kind, lines in actions:
        act(world, kind, lines)
        trial_balance = world.ledger.trial_balance()
        assert trial_balance.total == 0
        assert dict(trial_balance.balances) == recomputed(world.ledger)


def act(world: World, kind: str, lines: list[str] | None) -> None:
    journals = world.ledger.journals()
    faults = {"late": "late_commit", "cent": "cent_changed", "drop": "line_dropped", "draft": "made_draft"}
    if kind in faults:
        world.ledger.misbehave(LedgerFault(faults[kind]), seconds=30)
    elif kind == "write":
        with contextlib.suppress(httpx2.ReadTimeout):
            world.send(journal_body(*(lines or ())))
        world.clock.advance(20)
    elif journals:
        change(world, kind, lines, journals[-1].id)


def change(world: World, kind: str, lines: list[str] | None, journal_id: str) -> None:
    if kind == "edit":
        told = [text.split() for text in lines or ()]
        sides = {"Dr": Side.DEBIT, "Cr": Side.CREDIT}
        world.ledger.edit(journal_id, lines=[line_of(number, sides[side], amount) for side, number, amount in told])
    elif kind == "void":
        world.ledger.void(journal_id)
    elif kind == "delete":
        world.ledger.delete(journal_id)
    else:
        world.call("POST", f"/journals/{journal_id}/finish")


def recomputed(ledger: FakeLedger) -> dict[str, Decimal]:
    sums = {account.id: Decimal("0.00") for account in CHART}
    for journal in ledger.journals():
        if journal.status is ReceiptStatus.POSTED:
            for line in journal.lines:
                sums[line.account] += line.amount if line.side is Side.DEBIT else -line.amount
    return sums


def test_a_clock_must_know_its_offset_and_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="aware"):
        VirtualClock(datetime(2026, 11, 2))  # noqa: DTZ001 - the mistake itself
    clock = VirtualClock(datetime(2026, 11, 2, tzinfo=UTC))
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)
    clock.jump(-60)
    assert clock.now() == datetime(2026, 11, 1, 23, 59, tzinfo=UTC)


def test_books_in_a_currency_without_decimals_keep_whole_amounts() -> None:
    world = World(profile=Profile.NO_KEY, options={"currency": "JPY"})
    assert code(world.send(journal_body("Dr 1310 10.5", "Cr 5010 10.5", currency="JPY"))) == "amount_invalid"
    world.send(journal_body("Dr 1310 10", "Cr 5010 10", currency="JPY"))
    assert balances(world.ledger) == {"1310": "10", "5010": "-10"}
