"""One check at one stand: sessions through a network that obeys, entries to post, and what stands in the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import httpx2
from pydantic import BaseModel

from hub.api import (
    Account,
    Capability,
    Connection,
    Connector,
    FinishingSession,
    JournalEntry,
    JournalLine,
    NoSignIn,
    Reason,
    Receipt,
    ReceiptStatus,
    Session,
    Side,
    hookimpl,
)
from hub.domain.comparing import differences
from hub.plugins import GuardedConnector, load
from hub.plugins.calls import Raised, call
from hub.plugins.client import guarded_client
from hub.plugins.transport import HttpCall
from hub.testing.conformance.check import Concerns, expect
from hub.testing.conformance.stand import CURRENCY, CannotStand, MakeStand, Stand, Standing
from hub.testing.lossy import LossyTransport
from hub.testing.spoiling import Fault

COUNTED = date(2026, 10, 30)
DATED = date(2026, 10, 31)
USUAL = "4812.37"

Faults = Iterable[Fault | None]
Answer = Callable[[httpx2.Request, httpx2.Response], httpx2.Response]


@dataclass(kw_only=True)
class Weather:
    """What the network does in one session. writing, reading: faults of the next calls that write and that only read.

    answer: what becomes of each answer.
    """

    writing: Faults = ()
    reading: Faults = ()
    answer: Answer | None = None


@dataclass
class Network(httpx2.BaseTransport):
    """The way to the accounting system: it keeps every request, and makes the faults of the weather."""

    stand: Stand
    weather: Weather
    sent: list[httpx2.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.stand.transport is None:
            raise CannotStand("The stand of a connector that posts over the network needs a transport.")
        self._writing, self._reading = iter(self.weather.writing), iter(self.weather.reading)
        self._lossy = LossyTransport(self.stand.transport, self._choose, clock=self.stand.clock)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.sent.append(request)
        answer = self._lossy.handle_request(request)
        return answer if self.weather.answer is None else self.weather.answer(request, answer)

    def close(self) -> None:
        """Close nothing: the way to the accounting system is the stand's."""

    def writings(self) -> list[httpx2.Request]:
        """Return the requests that may have written a journal."""
        return [request for request in self.sent if self.stand.writes(request)]

    def _choose(self, request: httpx2.Request) -> Fault | None:
        return next(self._writing if self.stand.writes(request) else self._reading, None)


class Trial:
    """A stand, and all that a check does with it.

    full: whether to take large samples; calls: every request of its clients, those that were refused too.
    """

    def __init__(self, make: MakeStand, *, full: bool = False, currency: str = CURRENCY) -> None:
        self.make = make
        self.full = full
        self.stand = make(currency)
        self.host = hosted(self.stand.connector)
        self.calls: list[HttpCall] = []
        self.network: Network | None = None
        self._numbers = count(1)

    @property
    def settings(self) -> BaseModel:
        """The connection's settings as they are now: some connectors are told there what happened in the books."""
        return self.host.settings_from(self.stand.settings)

    def concerns(self) -> frozenset[Concerns]:
        """Return which checks are for this connector."""
        return concerns_of(self.stand)

    def another(self, currency: str = CURRENCY) -> Trial:
        """Return another trial, with books of its own."""
        return Trial(self.make, full=self.full, currency=currency)

    @contextmanager
    def session(self, weather: Weather | None = None, **changes: object) -> Iterator[Session]:
        """Open the connector's own session, as its author wrote it. changes: of the connection."""
        connection = self.connection(weather, **changes)
        session = self.stand.connector.open(connection)
        try:
            yield session
        finally:
            session.close()
            if connection.client is not None:
                connection.client.close()

    def connection(self, weather: Weather | None = None, **changes: object) -> Connection:
        """Return a connection, with a client as the hub hands one out where there is a network."""
        stand = self.stand
        values: dict[str, object] = {
            "name": "books",
            "settings": self.settings,
            "environment": stand.environment,
            "company": stand.company,
            "currency": stand.currency,
            "signed_in": stand.signed_in,
            "chart": stand.chart,
            "client": self.client(weather) if stand.transport is not None else None,
        }
        return Connection(**{**values, **changes})  # type: ignore[arg-type]

    def client(self, weather: Weather | None = None) -> httpx2.Client:
        """Return a client through a network of this weather; it becomes the trial's network."""
        stand = self.stand
        self.network = Network(stand, weather or Weather())
        addresses = self.host.addresses(self.settings, stand.environment)
        if addresses is None:
            raise CannotStand("The connector has neither a setting base_url nor addresses(), so it has no network.")
        return guarded_client(
            addresses.base_url,
            hosts=addresses.hosts,
            transport=self.network,
            headers=stand.headers(),
            clock=stand.clock.seconds,
            request_ids=addresses.request_ids,
            on_call=self.calls.append,
        )

    def entry(self, *amounts: str, memo: str = "Ending inventory 2026-10-31", **changes: object) -> JournalEntry:
        """Return an entry with a key of its own: each amount a debit of the first account and a credit of the other."""
        number = next(self._numbers)
        first, other = self.stand.accounts
        lines = [
            line(account, side, amount, memo)
            for amount in amounts or (USUAL,)
            for account, side in ((first, Side.DEBIT), (other, Side.CREDIT))
        ]
        values: dict[str, object] = {
            "key": f"{number:032x}",
            "reference": f"IA{number:09}",
            "part": 1,
            "date": DATED,
            "count_date": COUNTED,
            "currency": self.stand.currency,
            "memo": memo,
            "lines": tuple(lines),
        }
        return JournalEntry(**{**values, **changes})  # type: ignore[arg-type]

    def post(self, session: Session, entry: JournalEntry) -> Receipt | BaseException:
        """Post an entry as the hub does, and return the receipt or what was raised.

        A draft that came of it is finished where the connector can, and a file is taken in.
        """
        outcome = self.sent(session, entry)
        if isinstance(outcome, Receipt) and outcome.file is not None and self.stand.deeds.take_in is not None:
            self.stand.deeds.take_in(outcome.file)
        return outcome if isinstance(outcome, BaseException) else self.finished(session, outcome, entry)

    def sent(self, session: Session, entry: JournalEntry) -> Receipt | BaseException:
        """Call post() alone, and return the receipt or what was raised."""
        return _receipt("post", call(lambda: session.post(entry)))

    def finished(self, session: Session, receipt: Receipt, entry: JournalEntry) -> Receipt | BaseException:
        """Return a receipt, that of a draft only after finish() where the connector has it; or what was raised."""
        if receipt.status is not ReceiptStatus.DRAFT or Concerns.FINISH not in self.concerns():
            return receipt
        finishing: FinishingSession = session  # type: ignore[assignment]
        return _receipt("finish", call(lambda: finishing.finish(receipt, entry)))

    def found(self, session: Session, entry: JournalEntry) -> list[str]:
        """Look an entry up as the hub does, finish a single draft where the connector can, and return the journals' ids."""
        found = list(session.find(entry))
        if len(found) == 1:
            outcome = self.finished(session, found[0], entry)
            expect(isinstance(outcome, Receipt), f"The draft that was found could not be finished: {told(outcome)}.")
        return [receipt.id for receipt in found]

    def posted(self, session: Session, entry: JournalEntry) -> Receipt:
        """Post an entry that nothing speaks against; raises NotConforming where it is not posted as it is."""
        outcome = self.post(session, entry)
        expect(isinstance(outcome, Receipt), f"A plain entry was not posted: {told(outcome)}.")
        self.stands_once(entry)
        assert isinstance(outcome, Receipt)
        return outcome

    def posts(self, *amounts: str, **changes: object) -> JournalEntry:
        """Post an entry in a session of its own, and return it."""
        entry = self.entry(*amounts, **changes)  # type: ignore[arg-type]
        with self.session() as session:
            self.posted(session, entry)
        return entry

    def standing(self, entry: JournalEntry) -> list[Standing]:
        """Return the journals in the books that carry an entry's reference."""
        return [each for each in self.stand.books() if each.reference == entry.reference]

    def stands_once(self, entry: JournalEntry) -> Standing:
        """Return the one journal of an entry, which stands there as it was frozen; raises NotConforming."""
        found = self.standing(entry)
        expect(len(found) == 1, f"{len(found)} journals stand in the books where there should be one.")
        wrong = differences(entry, found[0].recorded)
        expect(not wrong, f"What stands in the books is not what was sent: {' '.join(wrong)}")
        return found[0]

    def nothing_stands(self, entry: JournalEntry) -> None:
        """Go on where nothing was written."""
        expect(not self.standing(entry), "A journal stands in the books although nothing was to be written.")

    def deed(self, name: str) -> Callable[..., object]:
        """Return what the stand can do; raises CannotStand where it cannot."""
        found: Callable[..., object] | None = getattr(self.stand.deeds, name)
        if found is None:
            raise CannotStand(f"The stand has no way to {name.replace('_', ' ')}: give Deeds({name}=...).")
        return found

    def writings(self) -> int:
        """Return how many requests of the latest client may have written."""
        return 0 if self.network is None else len(self.network.writings())


def hosted(connector: Connector) -> GuardedConnector:
    """Return a connector as the hub uses it; raises NotConforming where the hub refuses it."""
    connector_id = connector.info.id
    plugin = SimpleNamespace(hub_connectors=hookimpl(lambda: (connector,), specname="hub_connectors"))
    registry = load(only=[plugin])
    expect(not registry.broken, " ".join(each.reason for each in registry.broken))
    return registry.connector(connector_id)


def concerns_of(stand: Stand) -> frozenset[Concerns]:
    """Return what holds of a connector, from what it and its stand declare."""
    info = stand.connector.info
    held: Mapping[Concerns, bool] = {
        Concerns.NETWORK: Capability.FILES not in info.capabilities,
        Concerns.FILES: Capability.FILES in info.capabilities,
        Concerns.KEY: info.guarantee.value == "server_key",
        Concerns.SIGN_IN: any(not isinstance(each, NoSignIn) for each in info.sign_ins) or bool(stand.secrets),
        Concerns.FINISH: Capability.FINISH in info.capabilities,
        Concerns.CHANGED_SINCE: Capability.CHANGED_SINCE in info.capabilities,
        Concerns.VOID: Capability.VOID in info.capabilities,
        Concerns.DIMENSIONS: bool(stand.dimensions),
        Concerns.COMPANIES: stand.company is not None,
    }
    return frozenset(concern for concern, holds in held.items() if holds)


def line(account: Account, side: Side, amount: str, memo: str) -> JournalLine:
    """Return a line of site DT."""
    return JournalLine(
        account=account, side=side, amount=Decimal(amount), memo=memo, site="DT", reason=Reason.CURRENT, category="Meat"
    )


def _receipt(method: str, outcome: object) -> Receipt | BaseException:
    if isinstance(outcome, Raised):
        return outcome.error
    expect(isinstance(outcome, Receipt), f"{method}() returned {type(outcome).__name__} instead of a Receipt.")
    assert isinstance(outcome, Receipt)
    return outcome


def told(outcome: object) -> str:
    """Return what came back, in words."""
    if isinstance(outcome, BaseException):
        return f"{type(outcome).__name__}: {outcome}"
    return f"a {type(outcome).__name__}"
