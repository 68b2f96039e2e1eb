"""Connectors with one fault each, made of the one that partners copy: what the suite must catch."""

from __future__ import annotations

import decimal
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import httpx2

from hub.api import (
    ConnectorError,
    EntryRejected,
    JournalEntry,
    Limits,
    OutcomeUnknown,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    Recorded,
    TryLater,
)
from hub.testing import FakeConnector, Profile
from hub.testing.conformance import Deeds, Stand
from hub.testing.connector.session import FakeSession
from hub.testing.connector.settings import Settings
from hub.testing.connector.stand import make_stand

Body = dict[str, Any]
FOREVER_AGO = datetime(1999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """A fault in a sentence, the check that must catch it, and the session or connector that has it."""

    fault: str
    check: str
    session: type[FakeSession] = FakeSession
    connector: type[FakeConnector] = FakeConnector

    def make_stand(self, currency: str) -> Stand:
        """Return a stand of the faulty connector."""
        stand = make_stand(currency)
        session, healthy = self.session, self.connector

        class Faulty(healthy):  # type: ignore[valid-type, misc]
            def open(self, connection: Any) -> FakeSession:
                made = session(connection.client, Settings.model_validate(stand.settings))
                vars(made)["deeds"] = stand.deeds
                return made

        return replace(stand, connector=Faulty(Profile.REQUEST_ID))


def sending(change: Callable[[Body], object]) -> type[FakeSession]:
    """Return a session that changes the body which writes a journal."""

    class Sending(FakeSession):
        def _write(self, url: str, content: bytes = b"{}", **options: Any) -> httpx2.Response:
            body = json.loads(content)
            if "lines" in body:
                change(body)
            return super()._write(url, json.dumps(body).encode(), **options)

    return Sending


def amounts(change: Callable[[str], str]) -> type[FakeSession]:
    """Return a session that changes every amount."""

    def change_lines(body: Body) -> None:
        for line in body["lines"]:
            side = "debit" if "debit" in line else "credit"
            line[side] = change(line[side])

    return sending(change_lines)


def swap_sides(body: Body) -> None:
    for line in body["lines"]:
        side, other = ("debit", "credit") if "debit" in line else ("credit", "debit")
        line[other] = line.pop(side)


def merge_lines(body: Body) -> None:
    merged: dict[tuple[str, str], Body] = {}
    for line in body["lines"]:
        side = "debit" if "debit" in line else "credit"
        known = merged.setdefault((line["account_id"], side), {**line, side: "0"})
        known[side] = str(Decimal(known[side]) + Decimal(line[side]))
    body["lines"] = list(merged.values())


def local_day(body: Body) -> None:
    day = datetime.combine(datetime.fromisoformat(body["date"]).date(), time(), tzinfo=UTC)
    body["date"] = day.astimezone().date().isoformat()


NUMBERS = count()


class Swallowing(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        with suppress(EntryRejected):
            return super().post(entry)
        return Receipt(id="J0", status=ReceiptStatus.POSTED)


class DatedAsCounted(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        return super().post(replace(entry, date=entry.count_date))


class Retrying(FakeSession):
    def _write(self, url: str, content: bytes = b"{}", **options: Any) -> httpx2.Response:
        answer = super()._write(url, content, **options)
        return super()._write(url, content, **options) if answer.is_server_error else answer


class KeyOfItsOwn(FakeSession):
    def _write(self, url: str, content: bytes = b"{}", **options: Any) -> httpx2.Response:
        return super()._write(url, content, **{**options, "params": {"request_id": str(next(NUMBERS))}})


class Upserting(FakeSession):
    deeds: Deeds

    def post(self, entry: JournalEntry) -> Receipt:
        for found in self.find(entry):
            assert self.deeds.delete is not None
            self.deeds.delete(found.id)
        return super().post(replace(entry, key=f"{next(NUMBERS):032x}"))


class SilenceIsNo(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except OutcomeUnknown as unknown:
            raise TryLater(unknown.message) from unknown


class AlwaysUnknown(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except TryLater as later:
            raise OutcomeUnknown(later.message) from later


class Optimistic(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        with suppress(OutcomeUnknown):
            return super().post(entry)
        return Receipt(id="J1001", status=ReceiptStatus.POSTED)


class FindsNothingOnError(FakeSession):
    def find(self, entry: JournalEntry) -> Any:
        with suppress(ConnectorError):
            return super().find(entry)
        return ()


class FindsNothing(FakeSession):
    def find(self, entry: JournalEntry) -> Any:
        del entry
        return ()


class FindsTheFirst(FakeSession):
    def find(self, entry: JournalEntry) -> Any:
        return list(super().find(entry))[:1]


class FindsByDate(FakeSession):
    def find(self, entry: JournalEntry) -> Any:
        return [each for each in self.changed_since(FOREVER_AGO) if each.recorded and each.recorded.date == entry.date]


class TakesAnothers(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        for each in self.changed_since(FOREVER_AGO):
            if each.recorded and each.recorded.date == entry.date:
                return each
        return super().post(entry)


class FirstPage(FakeSession):
    def _pages(self, name: str, asked: dict[str, str] | None = None) -> Iterator[Any]:
        yield from self._get(f"{self._books}/{name}", {**(asked or {}), "page": "1"})[name]


class OnlyActive(FakeSession):
    def accounts(self) -> Any:
        return [account for account in super().accounts() if account.active]


class PlainNames(FakeSession):
    def accounts(self) -> Any:
        return [replace(each, name=each.name.encode("ascii", "replace").decode()) for each in super().accounts()]


class Remembering(FakeSession):
    def read(self, receipt: Receipt) -> Recorded | None:
        return receipt.recorded or super().read(receipt)


class GoneOnError(FakeSession):
    def read(self, receipt: Receipt) -> Recorded | None:
        with suppress(ConnectorError):
            return super().read(receipt)
        return None


class AnotherId(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        return replace(super().post(entry), id=f"R{next(NUMBERS)}")


class TellingSecrets(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except OutcomeUnknown as unknown:
            raise OutcomeUnknown(f"{unknown.message} Sent: {dict(self._client.headers)}") from unknown


class SharedState(FakeSession):
    latest: httpx2.Client

    def __init__(self, client: httpx2.Client, settings: Settings) -> None:
        super().__init__(client, settings)
        SharedState.latest = client

    def post(self, entry: JournalEntry) -> Receipt:
        self._client = SharedState.latest
        return super().post(entry)


class WritingPreview(FakeSession):
    def preflight(self, entry: JournalEntry) -> Any:
        self.post(entry)
        return ()


class SilentPreview(FakeSession):
    def preflight(self, entry: JournalEntry) -> Any:
        del entry
        return ()


class CutsOff(SilentPreview, sending(lambda body: body.update(lines=body["lines"][:1000]))):  # type: ignore[misc]
    pass


class Calling(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=1).close()
        return super().post(entry)


class Rounding(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        decimal.getcontext().prec = 6
        return super().post(entry)


class RejectsAtTheDoor(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except ReconnectNeeded as needed:
            raise EntryRejected(needed.message) from needed


class ForgetsTheWait(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except TryLater as later:
            raise TryLater(later.message, code=later.code) from later


class Speechless(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        try:
            return super().post(entry)
        except OutcomeUnknown as unknown:
            raise OutcomeUnknown("") from unknown


class ClosesTheClient(FakeSession):
    def close(self) -> None:
        self._client.close()


class NeedsAMemo(FakeSession):
    def post(self, entry: JournalEntry) -> Receipt:
        if not entry.memo:
            raise EntryRejected("A memo is needed.")
        return super().post(entry)


class NoCompanies(FakeSession):
    def companies(self) -> Any:
        return ()


class ChangedEver(FakeSession):
    def changed_since(self, instant: datetime) -> Any:
        return super().changed_since(instant - timedelta(days=3_650))


class FinishesByPosting(FakeSession):
    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        del receipt
        return self.post(replace(entry, key="e" * 32))


class KnowsNoOpposite(FakeSession):
    def __init__(self, client: httpx2.Client, settings: Settings) -> None:
        super().__init__(client, settings)
        self._seen: dict[tuple[Decimal, int], Receipt] = {}

    def post(self, entry: JournalEntry) -> Receipt:
        known = (entry.total, len(entry.lines))
        if known not in self._seen:
            self._seen[known] = super().post(entry)
        return self._seen[known]


class Nameless(FakeConnector):
    def label(self, settings: Any) -> str:
        del settings
        return ""


class Hasty(FakeConnector):
    def limits(self, settings: Any) -> Limits:
        return replace(super().limits(settings), latest_commit_s=10)


class Undeclared(FakeConnector):
    def limits(self, settings: Any) -> Limits:
        return replace(super().limits(settings), latest_commit_s=None)


def to_ascii(body: Body) -> None:
    for line in body["lines"]:
        line["memo"] = line["memo"].encode("ascii", "replace").decode()


FAULTS = (
    ("Debits and credits are swapped.", "money.sides", sending(swap_sides)),
    ("Amounts go through a float, and lose a cent now and then.", "money.exact_amounts",
     amounts(lambda amount: str(int(float(amount) * 100) / 100))),
    ("Amounts always have two decimals, in dinars too.", "money.three_decimals",
     amounts(lambda amount: f"{Decimal(amount):.2f}")),
    ("Amounts are taken for cents, in yen too.", "money.no_decimals", amounts(lambda amount: str(Decimal(amount) / 100))),
    ("Lines of one account are merged.", "money.lines_kept", sending(merge_lines)),
    ("Only the first hundred lines are sent.", "money.many_lines",
     sending(lambda body: body.update(lines=body["lines"][:100]))),
    ("What is more than the system takes is cut off.", "money.too_many_lines", CutsOff),
    ("A journal of the same day is taken for the entry's own.", "money.parts", TakesAnothers),
    ("Every journal is booked in dollars.", "money.currency", sending(lambda body: body.update(currency="USD"))),
    ("An opposite entry of the same total is taken for a repetition.", "money.undo", KnowsNoOpposite),
    ("A journal is dated as the count was.", "dates.business_date", DatedAsCounted),
    ("The date goes through the machine's time zone.", "dates.time_zone", sending(local_day)),
    ("A refusal is swallowed, and a receipt made up.", "books.unknown_account", Swallowing),
    ("It sends again by itself where the server fails.", "once.one_request", Retrying),
    ("A lost answer is called 'not written'.", "once.silence", SilenceIsNo),
    ("Where nothing was sent, it does not know.", "once.nothing_left", AlwaysUnknown),
    ("Any answer counts as success.", "once.refusals", Optimistic),
    ("A journal that was lost is not found.", "once.found_again", FindsNothing),
    ("Each attempt has a key of its own.", "once.key", KeyOfItsOwn),
    ("Each attempt has another body.", "once.same_bytes", sending(lambda body: body.update(memo=str(next(NUMBERS))))),
    ("It replaces a journal instead of adding one (an upsert).", "once.adds", Upserting),
    ("Only the first of two journals is found.", "once.finds_all", FindsTheFirst),
    ("Journals are looked up by their date.", "once.finds_nothing_else", FindsByDate),
    ("A look-up that failed says that there is none.", "once.no_is_certain", FindsNothingOnError),
    ("The preview says nothing of a closed period.", "books.closed_period", SilentPreview),
    ("Inactive accounts are left out of the chart.", "books.inactive_account", OnlyActive),
    ("Only the first page of the chart is read.", "books.whole_chart", FirstPage),
    ("Names of accounts lose their accents.", "books.account_names", PlainNames),
    ("It reaches no books.", "books.companies", NoCompanies),
    ("A sign-in that ended is told as an entry that was refused.", "access.ended", RejectsAtTheDoor),
    ("The time to wait is forgotten.", "access.throttled", ForgetsTheWait),
    ("A token stands in a message.", "access.redaction", TellingSecrets),
    ("An error has no message.", "access.messages", Speechless),
    ("Memos lose their accents in silence.", "text.memos", sending(to_ascii)),
    ("An entry without a memo is refused.", "text.none", NeedsAMemo),
    ("It reads back what it remembers.", "reading.as_it_stands", Remembering),
    ("A reading that failed says that the journal is gone.", "reading.gone", GoneOnError),
    ("The receipt names another journal.", "reading.receipt", AnotherId),
    ("A page of a proxy counts as a journal.", "reading.senseless_answers", Optimistic),
    ("The nightly check is told of everything, always.", "reading.changed_since", ChangedEver),
    ("A draft is left, and sent a second time.", "reading.finish", FinishesByPosting),
    ("What belongs to a session is kept for all.", "conduct.no_shared_state", SharedState),
    ("A preview writes.", "conduct.preflight_only_reads", WritingPreview),
    ("It calls somebody else.", "conduct.own_hosts", Calling),
    ("It changes how the whole process rounds.", "conduct.process_untouched", Rounding),
    ("It closes the client of the hub.", "conduct.closing", ClosesTheClient),
)  # fmt: skip
DECLARED = (
    ("It has no name to show.", "conduct.admitted", Nameless),
    ("It says that silence is over before it is.", "once.late", Hasty),
    ("It does not say how long silence lasts.", "conduct.limits_declared", Undeclared),
)
SEEDED = (
    *(Seeded(fault=fault, check=check, session=session) for fault, check, session in FAULTS),
    *(Seeded(fault=fault, check=check, connector=connector) for fault, check, connector in DECLARED),
)
