"""A plugin as a partner wrote it when version 1 of the contract came out. It is never changed: see test_version_1.py."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, SecretStr

from hub.api import (
    Account,
    AccountKind,
    AccountMissing,
    Addresses,
    Capability,
    ChartUnreadable,
    Company,
    Connection,
    Connector,
    ConnectorError,
    ConnectorInfo,
    Dimension,
    DimensionValue,
    File,
    Guarantee,
    JournalEntry,
    Level,
    Limits,
    NoSignIn,
    PeriodClosed,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    Sandbox,
    SettledExport,
    Side,
    TryLater,
    Where,
    amount_text,
    hookimpl,
    to_minor,
)

SETTLED: list[str] = []


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    base_url: str = "http://127.0.0.1:9001"
    locked_through: str = ""
    api_key: SecretStr = SecretStr("")


class Session:
    def __init__(self, settings: Settings, books: dict[str, Recorded]) -> None:
        self._settings = settings
        self._books = books

    def companies(self) -> Sequence[Company]:
        return [Company(id="1", name="Kitchen Ltd", currency="USD")]

    def accounts(self) -> Iterable[Account]:
        yield Account(id="77", number="5010", name="COGS:Meat", kind=AccountKind.COGS)
        yield Account(id="78", number="1310", name="Food Inventory", kind=AccountKind.ASSET, active=True)
        yield Account(id="79", name="Old", active=False, why_not_postable="It is inactive.")

    def dimensions(self) -> Sequence[Dimension]:
        return [
            Dimension(name="class", label="Class", required=False, values=(DimensionValue(id="1", name="Downtown"),))
        ]

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        if str(entry.date) > self._settings.locked_through:
            return []
        where = Where(date=entry.date.isoformat(), line=1)
        message = f"The books are locked through {self._settings.locked_through}."
        return [
            Problem(level=Level.PROBLEM, code="period_closed", message=message, fix="Pick a later date.", where=where)
        ]

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        return [self._receipt(entry.reference)] if entry.reference in self._books else []

    def post(self, entry: JournalEntry) -> Receipt:
        if self.preflight(entry):
            raise PeriodClosed("The books are locked.", code="6140", request_id="R-1")
        if any(line.account.id == "79" for line in entry.lines):
            raise AccountMissing("The account is inactive.")
        if entry.memo == "later":
            raise TryLater("Too many calls.", retry_after_s=30)
        lines = tuple(
            RecordedLine(
                account=line.account,
                side=Side.DEBIT if line.side is Side.DEBIT else Side.CREDIT,
                amount=Decimal(amount_text(to_minor(line.amount, entry.currency), entry.currency)),
                memo=line.memo,
            )
            for line in entry.lines
        )
        status = ReceiptStatus.DRAFT if entry.memo == "draft" else ReceiptStatus.POSTED
        self._books[entry.reference] = Recorded(date=entry.date, currency=entry.currency, status=status, lines=lines)
        return self._receipt(entry.reference)

    def read(self, receipt: Receipt) -> Recorded | None:
        return self._books.get(receipt.id)

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        assert instant.tzinfo is not None
        return [self._receipt(reference) for reference in self._books]

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        return self._as(receipt.id, ReceiptStatus.POSTED, entry.date)

    def void(self, receipt: Receipt) -> Receipt:
        return self._as(receipt.id, ReceiptStatus.VOID, self._books[receipt.id].date)

    def close(self) -> None:
        pass

    def _as(self, reference: str, status: ReceiptStatus, day: date) -> Receipt:
        known = self._books[reference]
        self._books[reference] = Recorded(date=day, currency=known.currency, status=status, lines=known.lines)
        return self._receipt(reference)

    def _receipt(self, reference: str) -> Receipt:
        recorded = self._books[reference]
        url = f"http://127.0.0.1:9001/{reference}"
        return Receipt(id=reference, number="JE-1", url=url, status=recorded.status, recorded=recorded)


class VersionOne:
    info = ConnectorInfo(
        id="version_1",
        name="Version One",
        settings=Settings,
        guarantee=Guarantee.LOOK_UP,
        sign_ins=(NoSignIn(),),
        environments=("production", "sandbox"),
        capabilities=frozenset({Capability.READ_CHART, Capability.CHANGED_SINCE, Capability.FINISH, Capability.VOID}),
        entry_dimensions=("subsidiary",),
        limits=Limits(lines_per_entry=500, calls_per_minute=60, calls_at_once=2, latest_commit_s=60),
        api=1,
        docs_url="http://127.0.0.1/docs",
    )

    def __init__(self) -> None:
        self._books: dict[str, Recorded] = {}

    def label(self, settings: BaseModel) -> str:
        return "Version One"

    def limits(self, settings: BaseModel) -> Limits:
        return Limits(lines_per_entry=250)

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        return Addresses(base_url="http://127.0.0.1:9001", hosts=("files.example",), request_ids=("trace",))

    def open(self, connection: Connection) -> Session:
        if not isinstance(connection.settings, Settings):
            raise ConnectorError("These are not the settings.", code="settings")
        return Session(connection.settings, self._books)

    def read_chart(self, file: File) -> Iterable[Account]:
        if file.content != b"chart":
            raise ChartUnreadable("line 1: a chart was expected")
        return [Account(number="1310", name="Food Inventory")]


class StandIn:
    connector_id = "version_1"

    def app(self, base_url: str) -> object:
        return None

    def credentials(self, base_url: str) -> Mapping[str, str]:
        return {}


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    return (VersionOne(),)


@hookimpl
def hub_sandboxes() -> Iterable[Sandbox]:
    return (StandIn(),)


@hookimpl
def hub_export_settled(export: SettledExport) -> None:
    SETTLED.append(export.export)
