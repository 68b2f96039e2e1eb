"""A connector that raises, hangs, answers garbage or another's journal: nothing is lost, doubled or taken for posted."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from hub.api import Connection, Connector, JournalEntry, NotWritten, Receipt, ReceiptStatus, hookimpl
from hub.domain.posting import Rules, Timing
from hub.plugins import load
from hub.testing.connector import FakeConnector
from hub.testing.connector.session import FakeSession
from hub.testing.profile import Profile
from tests.posting.conftest import MakeHouse
from tests.posting.house import House
from tests.posting.proofs import LABEL, posted_once, reference, sends, tells

SECRET = "Bearer secret-token-of-the-customer"
DEADLINE_S = 0.3

Spoil = Callable[[FakeSession, JournalEntry], Any]


class BadSession(FakeSession):
    """A session whose calls do what a test says, as often as it says."""

    spoiled: ClassVar[dict[str, list[Spoil]]] = {}

    def post(self, entry: JournalEntry) -> Receipt:
        return self._do("post", entry) or super().post(entry)

    def find(self, entry: JournalEntry) -> Any:
        found = self._do("find", entry)
        return super().find(entry) if found is None else found

    def _do(self, method: str, entry: JournalEntry) -> Any:
        planned = self.spoiled.get(method)
        return planned.pop(0)(self, entry) if planned else None


class BadConnector(FakeConnector):
    def open(self, connection: Connection) -> FakeSession:
        session = super().open(connection)
        session.__class__ = BadSession
        return session


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector."""
    return (BadConnector(),)


@pytest.fixture
def bad(counted: MakeHouse) -> House:
    return with_bad_plugin(counted(Profile.NO_KEY))


def with_bad_plugin(house: House) -> House:
    """Return a house whose connector is the bad one."""
    house.hub = replace(house.hub, registry=load(only=[sys.modules[__name__]]))
    BadSession.spoiled = {}
    return house


def raises(kind: type[BaseException]) -> Spoil:
    def spoil(session: FakeSession, entry: JournalEntry) -> None:
        raise kind(f"could not post with {SECRET}")

    return spoil


def raises_after(kind: type[BaseException]) -> Spoil:
    def spoil(session: FakeSession, entry: JournalEntry) -> None:
        FakeSession.post(session, entry)
        raise kind(f"could not post with {SECRET}")

    return spoil


def recurses(session: FakeSession, entry: JournalEntry) -> Any:
    return recurses(session, entry)


def answers(garbage: object) -> Spoil:
    """Post, and answer something else than the receipt."""

    def spoil(session: FakeSession, entry: JournalEntry) -> object:
        FakeSession.post(session, entry)
        return garbage

    return spoil


def prints(session: FakeSession, entry: JournalEntry) -> None:
    sys.stdout.write(SECRET)
    raise ValueError(SECRET)


ON_POST = {
    "raises before": raises(MemoryError),
    "raises after": raises_after(ValueError),
    "ends the program": raises_after(SystemExit),
    "recurses": recurses,
    "answers what is no receipt": answers({"id": "J1", "total": 19582.42}),
    "answers a receipt without an id": answers(Receipt(id="", status=ReceiptStatus.POSTED)),
    "answers a file": answers(Receipt(id="1", status=ReceiptStatus.FILE)),
}


@pytest.mark.parametrize("spoil", ON_POST.values(), ids=ON_POST.keys())
def test_whatever_comes_out_of_a_post_that_is_no_receipt_the_journal_is_looked_for(bad: House, spoil: Spoil) -> None:
    BadSession.spoiled["post"] = [spoil]
    made = bad.export()
    assert made["state"] == "UNKNOWN"
    tells(made, "checking", LABEL, reference(made), "looks for it there")
    posted_once(bad.settles(), made)


LOOK_UPS: dict[str, Spoil] = {
    "ends the program": raises(SystemExit),
    "says not written": raises(NotWritten),
    "answers a text": lambda session, entry: "none",
    "answers what is no receipt": lambda session, entry: [{"id": "J1"}],
    "breaks off": lambda session, entry: (one / 0 for one in (1,)),
}


@pytest.mark.parametrize("spoil", LOOK_UPS.values(), ids=LOOK_UPS.keys())
def test_whatever_comes_out_of_a_look_up_that_is_no_list_never_means_absent(bad: House, spoil: Spoil) -> None:
    BadSession.spoiled = {"post": [raises_after(ValueError)], "find": [spoil] * 3}
    made = bad.export()
    bad.later(70)
    assert (bad.shown(made["export"])["state"], len(sends(bad))) == ("UNKNOWN", 1)
    posted_once(bad.settles(), made)
    assert len(sends(bad)) == 1


def test_another_tenants_journal_is_not_taken_for_ours(bad: House) -> None:
    theirs = bad.ledger
    bad.export()
    (other,) = theirs.journals()
    theirs.edit(other.id, reference="IAOTHERSONE", lines=other.lines[2:])
    bad.undo(bad.query("SELECT code FROM export")[0]["code"], "acknowledge=not_checked")

    def another(session: FakeSession, entry: JournalEntry) -> Receipt:
        FakeSession.post(session, entry)
        return Receipt(id=other.id, status=ReceiptStatus.POSTED)

    BadSession.spoiled["post"] = [another]
    made = bad.export()
    assert made["state"] == "MISMATCH"
    tells(made, "differs", LABEL, "Its total there is 14,770.05, and 19,582.42 was sent.")
    (found,) = [found for found in bad.check() if found["export"] == made["export"]]
    (ours,) = bad.ledger.journals(reference(made))
    assert found["duplicates"] == [ours.id]


def test_what_a_plugin_says_of_secrets_is_neither_kept_nor_shown_nor_logged(
    bad: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    BadSession.spoiled["post"] = [prints, raises(ValueError)]
    made = bad.export()
    kept = bad.query("SELECT trouble FROM posting") + bad.query("SELECT message, code FROM attempt")
    kept += bad.query("SELECT detail FROM audit_event")
    assert SECRET not in f"{made} {bad.shown(made['export'])} {kept} {caplog.text}"
    posted_once(bad.settles(), made)


@pytest.mark.parametrize("written", [True, False])
def test_a_plugin_that_hangs_is_given_up_at_the_deadline_and_its_journal_looked_for(
    counted: MakeHouse,
    written: bool,  # noqa: FBT001 - drawn
) -> None:
    house = with_bad_plugin(counted(Profile.NO_KEY, Rules(Timing(call_s=DEADLINE_S, first_wait_s=600))))
    house.hub = replace(house.hub, posting=replace(house.hub.posting, guarded=True))
    goes_on = threading.Event()

    def hangs(session: FakeSession, entry: JournalEntry) -> Receipt | None:
        receipt = FakeSession.post(session, entry) if written else None
        goes_on.wait(30)
        return receipt

    BadSession.spoiled["post"] = [hangs]
    made = house.export()
    assert (made["state"], len(house.journals())) == ("UNKNOWN", int(written))
    tells(made, "checking", LABEL, reference(made), "looks for it there")
    goes_on.set()
    house.hub = replace(house.hub, posting=replace(house.hub.posting, guarded=False))
    posted_once(house.settles(), made)
    assert len(sends(house)) == 1
