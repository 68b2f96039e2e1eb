"""What Tryton refuses, and how the hub tells it: before anything is sent, and where it happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest

from hub.api import (
    Account,
    Company,
    Connection,
    ConnectorError,
    FinishingSession,
    JournalEntry,
    JournalLine,
    OutcomeUnknown,
    Reason,
    ReceiptStatus,
    Side,
)
from hub.plugins.client import guarded_client
from tests.posting.house import OCTOBER, codes, nothing
from tests.tryton.house import TrytonHouse
from tests.tryton.server import Tryton

REFERENCE, REFUSED = "IA000000001", 400


def move_of(server: Tryton, debit: str, credit: str, description: str) -> dict[str, object]:
    """Return the body of a move of October, as somebody else's program sends it."""
    (period,) = server.ask("account.period", [["name", "=", OCTOBER[:7]]], "name")
    (journal,) = server.ask("account.journal", [["code", "=", server.journal]], "code")
    lines = [("1310", debit, "0"), ("5010", "0", credit)]
    return {
        "company": server.company,
        "journal": journal["id"],
        "period": period["id"],
        "date": {"__class__": "date", "year": 2026, "month": 10, "day": 31},
        "description": description,
        "lines": [
            [
                "create",
                [
                    {"account": server.account(code), "debit": decimal(dr), "credit": decimal(cr)}
                    for code, dr, cr in lines
                ],
            ]
        ],
    }


def decimal(text: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": text}


def once(house: TrytonHouse, method: str, after: str, deed: Callable[[], object]) -> None:
    """Have somebody do something there just as the first request of a method arrives after one of another."""
    seen: list[str] = []

    def arrives(request: httpx2.Request) -> None:
        wanted = request.method == method and (not after or after in seen)
        seen.append(request.method)
        if wanted:
            house.wire.arrives = nothing
            deed()

    house.wire.arrives = arrives


ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""For what Tryton does alike on every database."""


@pytest.mark.soak
@ON_SQLITE
def test_what_is_closed_is_told_before_anything_is_sent_and_an_undo_is_the_opposite_move(house: TrytonHouse) -> None:
    house.set_up()
    house.counts()
    house.server.set_period("2026-10", "close")
    assert "period_closed" in codes(house.preview())
    house.server.set_period("2026-10", "reopen")
    exported = house.export()
    assert exported["state"] == "POSTED", exported["problems"]
    (move,) = house.server.moves()
    assert (move.state, move.date.isoformat(), house.balance("1310")) == ("posted", OCTOBER, Decimal("307.68"))
    (posting,) = house.shown(exported["export"])["postings"]
    assert posting["receipt"]["url"].endswith(f"/#{house.server.database}/model/account.move/{move.id}")
    undone = house.undo(exported["export"])
    assert undone["state"] == "UNDONE", undone["problems"]
    assert house.server.trial_balance() == {}
    assert [each.state for each in house.server.moves()] == ["posted", "posted"]
    house.counts(values={"Meat": "5000.00"})
    house.server.end_account("5010", "2026-10-01")
    assert "account_inactive" in codes(house.preview())


@pytest.mark.soak
@ON_SQLITE
@pytest.mark.parametrize("closed", ["period", "account"])
def test_what_is_closed_after_the_last_look_is_refused_by_tryton_and_told_with_its_remedy(
    closed: str, house: TrytonHouse
) -> None:
    house.set_up()
    house.counts()
    deeds = {
        "period": lambda: house.server.set_period("2026-10", "close"),
        "account": lambda: house.server.close_account("5010"),
    }
    once(house, "POST", "", deeds[closed])
    refused = house.export()
    assert refused["state"] == "REJECTED"
    (problem,) = (each for each in refused["problems"] if each["level"] == "problem")
    remedy = {"period": "open the period again in Tryton", "account": "Map another one instead"}[closed]
    assert remedy in problem["message"], problem
    assert house.server.moves() == []


@pytest.mark.soak
@ON_SQLITE
def test_a_draft_that_somebody_changed_before_it_was_posted_is_left_alone_until_it_is_deleted(
    house: TrytonHouse,
) -> None:
    house.set_up()
    house.counts()

    def change() -> None:
        line = house.server.ask("account.move.line", [["account.code", "=", "1310"]], "id")[0]
        house.server.send("PUT", f"account.move.line/{line['id']}", {"debit": decimal("1.00")})

    once(house, "GET", "POST", change)
    unsure = house.export()
    assert unsure["state"] == "UNKNOWN"
    assert any("Delete the draft in Tryton" in each["message"] for each in unsure["problems"]), unsure["problems"]
    (draft,) = house.server.moves()
    assert (draft.state, house.server.trial_balance()) == ("draft", {})
    house.server.send("DELETE", f"account.move/{draft.id}", None)
    house.settles()
    assert house.shown(unsure["export"])["state"] == "POSTED"
    (move,) = house.server.moves()
    assert (move.state, house.balance("1310")) == ("posted", Decimal("307.68"))


@pytest.mark.soak
def test_an_unbalanced_move_is_refused_by_tryton_on_postgresql_and_never_posted_by_the_connector(
    server: Tryton, installed: Path
) -> None:
    """On SQLite, Tryton 8.2.1 posts it: what the connector looks at before is then all that there is."""
    entry = entry_of(server, REFERENCE)
    sent = server.send("POST", "account.move", move_of(server, "4812.37", "4812.36", f"{REFERENCE} ours"))
    with session_of(server) as session:
        (draft,) = session.find(entry)
        assert (draft.status, draft.recorded) == (ReceiptStatus.DRAFT, None)
        with pytest.raises(OutcomeUnknown, match="it does not balance"):
            session.finish(session.post(entry), entry)
        assert ([move.state for move in server.moves()], server.trial_balance()) == (["draft"], {})
        answer = server.send("POST", f"account.move/{sent.json()['id']}/post", {}, sure=False)
        if server.kind == "postgresql":
            assert answer.status_code == REFUSED
            assert "you must balance all its lines debits and credits" in answer.json()["message"]
            assert server.trial_balance() == {}
        else:
            assert answer.is_success
            with pytest.raises(ConnectorError, match="does not balance in Tryton"):
                session.read(draft)


@contextmanager
def session_of(server: Tryton) -> Iterator[FinishingSession]:
    """Open the connector's own session with the server."""
    from hub_tryton import Settings
    from hub_tryton import Tryton as Connector

    settings = Settings(base_url=server.base_url, database=server.database, journal=server.journal)
    company = Company(id=str(server.company), name="Larkspur Table Group", currency="USD")
    with guarded_client(server.base_url, headers={"Authorization": f"Bearer {server.key}"}) as client:
        yield Connector().open(Connection(name="books", settings=settings, company=company, client=client))


def entry_of(server: Tryton, reference: str) -> JournalEntry:
    """Return an entry of two lines, dated in October."""
    lines = tuple(
        JournalLine(
            account=Account(id=str(server.account(number))),
            side=side,
            amount=Decimal("4812.37"),
            memo="Ribeye",
            site="DT",
            reason=Reason.CURRENT,
        )
        for side, number in ((Side.DEBIT, "1310"), (Side.CREDIT, "5010"))
    )
    day = date.fromisoformat(OCTOBER)
    return JournalEntry(
        key="0" * 32, reference=reference, part=1, date=day, count_date=day, currency="USD", memo="", lines=lines
    )
