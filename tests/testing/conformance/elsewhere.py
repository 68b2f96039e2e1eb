"""Faults in what the fake connector does not have: files, dimensions, books that are chosen, and voiding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from hub.api import Capability, Connection, JournalEntry, OutcomeUnknown, Receipt, ReceiptStatus, TryLater
from hub.testing import FakeConnector, FakeLedger, Profile, VirtualClock
from hub.testing.conformance import MakeStand, Stand
from hub.testing.connector.session import FakeSession
from hub.testing.connector.settings import Settings
from hub.testing.connector.stand import BASE_URL, deeds_of, standing_of
from hub.testing.connector.stand import make_stand as with_drafts
from hub_csv_iif.stand import make_stand as with_files
from hub_xero.stand import make_stand as with_tracking

NUMBERS = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A fault in a sentence, the check that must catch it, and how a stand of the faulty connector is made."""

    fault: str
    check: str
    make_stand: MakeStand


class Wrapped:
    """A session that does as another does, unless it has a method of its own."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


class OtherBytes(Wrapped):
    def post(self, entry: JournalEntry) -> Receipt:
        receipt: Receipt = self._session.post(entry)
        assert receipt.file is not None
        return replace(receipt, file=replace(receipt.file, name=f"{next(NUMBERS)}-{receipt.file.name}"))


class DropsDimensions(Wrapped):
    def post(self, entry: JournalEntry) -> Receipt:
        lines = tuple(replace(line, dimensions={}) for line in entry.lines)
        receipt: Receipt = self._session.post(replace(entry, lines=lines))
        return receipt


class SureOfSilence(Wrapped):
    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        try:
            finished: Receipt = self._session.finish(receipt, entry)
        except OutcomeUnknown as error:
            raise TryLater(error.message) from None
        return finished


def wrapped(make: MakeStand, session: type[Wrapped]) -> MakeStand:
    """Return what makes a stand whose connector opens wrapped sessions."""
    return opening(make, lambda stand, connection: session(stand.connector.open(connection)))


def opening(make: MakeStand, opened: Callable[[Stand, Connection], Any]) -> MakeStand:
    def made(currency: str) -> Stand:
        stand = make(currency)
        healthy: Any = type(stand.connector)

        class Faulty(healthy):  # type: ignore[misc]
            def open(self, connection: Connection) -> Any:
                return opened(stand, connection)

        return replace(stand, connector=Faulty())

    return made


class Voiding(FakeSession):
    """A session of an accounting system where a voided journal stays visible."""

    ledger: FakeLedger

    def void(self, receipt: Receipt) -> Receipt:
        self.ledger.void(receipt.id)
        return replace(receipt, status=ReceiptStatus.VOID, recorded=self.read(receipt))


class Deleting(Voiding):
    def void(self, receipt: Receipt) -> Receipt:
        self.ledger.delete(receipt.id)
        return replace(receipt, status=ReceiptStatus.VOID, recorded=None)


def voiding(session: type[Voiding]) -> MakeStand:
    """Return what makes a stand of a connector that claims to void."""

    def made(currency: str) -> Stand:
        clock = VirtualClock()
        ledger = FakeLedger(now=clock.now, profile=Profile.REQUEST_ID, currency=currency)

        class Claiming(FakeConnector):
            def __init__(self) -> None:
                super().__init__(Profile.REQUEST_ID)
                self.info = replace(self.info, capabilities=self.info.capabilities | {Capability.VOID})

            def open(self, connection: Connection) -> FakeSession:
                assert connection.client is not None
                assert isinstance(connection.settings, Settings)
                opened = session(connection.client, connection.settings)
                opened.ledger = ledger
                return opened

        by_number = {account.number: account for account in ledger.accounts}
        return Stand(
            connector=Claiming(),
            settings={"base_url": BASE_URL},
            accounts=(by_number["1310"], by_number["5010"]),
            books=lambda: [standing_of(journal, ledger) for journal in ledger.journals()],
            clock=clock,
            currency=currency,
            transport=ledger.transport(),
            deeds=deeds_of(ledger),
        )

    return made


ELSEWHERE = (
    Elsewhere(
        fault="A file is called otherwise each time.",
        check="conduct.same_file",
        make_stand=wrapped(with_files, OtherBytes),
    ),
    Elsewhere(
        fault="Dimensions are dropped in silence.",
        check="money.dimensions",
        make_stand=wrapped(with_tracking, DropsDimensions),
    ),
    Elsewhere(
        fault="It posts to the first books that it reaches.",
        check="books.wrong_company",
        make_stand=opening(
            with_tracking, lambda stand, connection: stand.connector.open(replace(connection, company=stand.company))
        ),
    ),
    Elsewhere(
        fault="A draft whose posting was lost is called 'not written'.",
        check="once.finish_lost",
        make_stand=wrapped(with_drafts, SureOfSilence),
    ),
    Elsewhere(fault="It deletes a journal and calls it void.", check="reading.void", make_stand=voiding(Deleting)),
)
