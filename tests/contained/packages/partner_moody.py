"""A partner's connector that does what the mood in its settings says: it behaves, or it harms where it can."""

import os
import sys
import threading
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, SecretStr, field_validator

from hub.api import (
    Account,
    Addresses,
    Capability,
    Company,
    Connection,
    ConnectorInfo,
    Dimension,
    EntryRejected,
    File,
    Guarantee,
    JournalEntry,
    Limits,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
    RecordedLine,
    SecretFields,
    SettledExport,
    hookimpl,
)

SEEN: list[str] = []  # what a careless plugin keeps between customers


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    mood: str = "calm"
    lines: int = 500

    @field_validator("mood")
    @classmethod
    def _known(cls, mood: str) -> str:
        if mood == "unknown":
            raise ValueError(f"the mood {mood} {{is}} none")
        return mood


class Secrets(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    account: str
    secret: SecretStr


class Moody:
    def __init__(self, connection: Connection) -> None:
        assert isinstance(connection.settings, Settings)
        self._mood = connection.settings.mood
        self._connection = connection
        SEEN.append(connection.name)

    @property
    def _client(self) -> httpx2.Client:
        assert self._connection.client is not None
        return self._connection.client

    def companies(self) -> list[Company]:
        return [Company(id="1", name=f"{self._connection.name} after {len(SEEN)}", currency="USD")]

    def accounts(self) -> Iterable[Account]:
        if self._mood == "probes":
            return [Account(name=f"{what}: {found}") for what, found in _probed()]
        told = self._client.get("accounts").json()
        return [Account(id=each["id"], name=each["name"]) for each in told]

    def dimensions(self) -> list[Dimension]:
        return []

    def preflight(self, entry: JournalEntry) -> list[Problem]:
        return []

    def find(self, entry: JournalEntry) -> list[Receipt]:
        return [Receipt(id=f"J-{name}", status=ReceiptStatus.POSTED) for name in sorted(set(SEEN))]

    def post(self, entry: JournalEntry) -> Any:
        if self._mood in MOODS:
            return MOODS[self._mood]()
        answer = self._client.post("journals", json={"reference": entry.reference, "total": str(entry.total)})
        if answer.status_code == 422:
            raise EntryRejected("The period is locked.", code="6140", request_id=answer.headers["x-request-id"])
        return Receipt(id=answer.json()["id"], status=ReceiptStatus.POSTED, recorded=_recorded(entry))

    def read(self, receipt: Receipt) -> Recorded | None:
        return None

    def close(self) -> None:
        pass


class Connector:
    info = ConnectorInfo(
        id="moody",
        name="Moody",
        settings=Settings,
        guarantee=Guarantee.LOOK_UP,
        sign_ins=(SecretFields(model=Secrets),),
        capabilities=frozenset({Capability.READ_CHART}),
    )

    def label(self, settings: Any) -> str:
        return f"Moody, {settings.mood}"

    def limits(self, settings: Any) -> Limits:
        return Limits(lines_per_entry=settings.lines)

    def addresses(self, settings: Any, environment: str) -> Addresses:
        return Addresses(base_url=f"https://{environment}.moody.example/v1/", sign_in=SecretFields(model=Secrets))

    def sign(self, request: httpx2.Request, secrets: Any, settings: Any) -> httpx2.Request:
        if settings.mood == "tells":
            sys.stdout.write(secrets.secret.get_secret_value())
            sys.stdout.flush()
            raise RuntimeError(secrets.secret.get_secret_value())
        request.headers["X-Signed"] = f"{secrets.account}:{secrets.secret.get_secret_value()}:{len(request.content)}"
        return request

    def open(self, connection: Connection) -> Moody:
        return Moody(connection)

    def read_chart(self, file: File) -> Iterable[Account]:
        return [Account(number=line, name="of a file") for line in file.content.decode().split()]


def _recorded(entry: JournalEntry) -> Recorded:
    lines = tuple(RecordedLine(account=each.account, side=each.side, amount=each.amount) for each in entry.lines)
    return Recorded(date=entry.date, currency=entry.currency, status=ReceiptStatus.POSTED, lines=lines)


def _probed() -> Iterable[tuple[str, str]]:
    """Try what a contained plugin must not be able to do, and tell what came of each."""
    import socket
    import subprocess

    def connect() -> None:
        socket.create_connection(("127.0.0.1", 9), timeout=1)

    secret = (Path(__file__).parent / "where").read_text().strip()
    for what, attempt in (
        ("fork", lambda: os.fork() or os._exit(0)),
        ("program", lambda: subprocess.run(["/bin/true"], check=False)),
        ("thread", lambda: threading.Thread(target=int).start()),
        ("network", connect),
        ("key file", lambda: Path(secret).read_text()),
        ("written there", lambda: Path(secret).write_text("x")),
        ("environment of the hub", lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
        ("signal", lambda: os.kill(os.getppid(), 0)),
        ("own file", lambda: Path("note").write_text("x")),
    ):
        try:
            attempt()
            yield what, "done"
        except OSError as error:
            yield what, type(error).__name__
    yield "environment", ",".join(sorted(os.environ))
    yield "open files", str(len(_open_files()))


def _open_files() -> list[int]:
    found = []
    for number in range(3, 256):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found


def _fill_memory() -> None:
    kept = []
    while True:
        kept.append(bytearray(50_000_000))


def _patch_everything() -> Receipt:
    """Leave nothing of Python's and the hub's as it was; only what is this process's own changes."""
    import json

    import hub.plugins.checked
    import hub.plugins.contained.frames

    json.dumps = None  # type: ignore[assignment]
    hub.plugins.checked.CheckedSession.post = None  # type: ignore[assignment,method-assign]
    hub.plugins.contained.frames.Answer.model_dump_json = lambda *_: "{}"  # type: ignore[method-assign,assignment]
    return Receipt(id="J-1", status=ReceiptStatus.POSTED)


MOODS: dict[str, Any] = {
    "hangs": lambda: threading.Event().wait(),
    "exits": lambda: os._exit(7),
    "leaves": lambda: sys.exit(7),
    "fills memory": _fill_memory,
    "patches": _patch_everything,
    "garbage": lambda: {"id": "J-1", "total": Decimal(1)},
    "sells": lambda: Receipt(id="", status=ReceiptStatus.POSTED),
}


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    return (Connector(),)


@hookimpl
def hub_export_settled(export: SettledExport) -> None:
    sys.stdout.write(export.company)
    if export.export == "loud":
        raise RuntimeError(export.company)
