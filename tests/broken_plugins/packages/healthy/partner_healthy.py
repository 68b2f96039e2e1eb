"""A plugin in which nothing is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from hub.api import (
    Account,
    Asgi,
    Company,
    Connection,
    Connector,
    ConnectorInfo,
    Dimension,
    Guarantee,
    JournalEntry,
    Problem,
    Receipt,
    ReceiptStatus,
    Recorded,
    Sandbox,
    SettledExport,
    hookimpl,
)


class Settings(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    name: str = "Ledgerly"


class Conversation:
    def companies(self) -> list[Company]:
        return [Company(id="1", name="Kitchen Ltd", currency="USD")]

    def accounts(self) -> Iterable[Account]:
        yield Account(id="7", number="5010", name="COGS Meat")

    def dimensions(self) -> list[Dimension]:
        return []

    def preflight(self, entry: JournalEntry) -> list[Problem]:
        return []

    def find(self, entry: JournalEntry) -> list[Receipt]:
        return []

    def post(self, entry: JournalEntry) -> Receipt:
        return Receipt(id="J-1", status=ReceiptStatus.POSTED)

    def read(self, receipt: Receipt) -> Recorded | None:
        return None

    def close(self) -> None:
        pass


class Ledger:
    """What the other packages here inherit, each with one thing wrong."""

    info = ConnectorInfo(id="healthy", name="Ledgerly", settings=Settings, guarantee=Guarantee.LOOK_UP)

    def label(self, settings: BaseModel) -> str:
        return "Ledgerly"

    def open(self, connection: Connection) -> Conversation:
        return Conversation()


class StandIn:
    connector_id = "healthy"

    def app(self, base_url: str) -> Asgi:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": base_url.encode()})

        return answer

    def credentials(self, base_url: str) -> Mapping[str, str]:
        return {"base_url": base_url}


def info(connector_id: str, **changes: Any) -> ConnectorInfo:
    """The healthy connector's info under another id, with changes."""
    return replace(Ledger.info, id=connector_id, **changes)


heard: list[SettledExport] = []


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    return [Ledger()]


@hookimpl
def hub_sandboxes() -> Iterable[Sandbox]:
    yield StandIn()


@hookimpl
def hub_export_settled(export: SettledExport) -> None:
    heard.append(export)
