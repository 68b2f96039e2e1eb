"""What whoever finds out why a connection fails needs to know of it, safe to send to anybody.

No secret, no amount, no text that a person or an accounting system wrote: of those it says how long they are. What it holds
is taken from a list of what is harmless, never the other way round; and whatever the vault holds for the connection is
looked for in the result once more.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import hub as package
from hub.api import ConnectorError
from hub.plugins import SettingsInvalid
from hub.service.connecting.sealed import own_of, tokens_of
from hub.service.connecting.standing import standing, state_of
from hub.service.connections import connector_of
from hub.service.context import Hub, Refused
from hub.service.scope import CompanyRows, reading
from hub.store import Row
from hub.store.alarm_rows import look_row, open_alarms
from hub.store.diagnostic_rows import journals_of, newest_calls, newest_exports, sizes
from hub.store.key_ring import VaultClosed
from hub.store.schema import newest_revision
from hub.store.sign_in_rows import sign_in_row
from hub.store.traffic_rows import known_traffic

CALLS, EXPORTS = 50, 20
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}|\d{1,6}")
"""A code of an accounting system: anything else may be a text with names or amounts in it."""
SHORTEST_SECRET = 6
SHOWN_KINDS = frozenset({"boolean", "integer"})

Document = dict[str, Any]  # Any: JSON's own types


def diagnostics(hub: Hub, company: str, connection: str) -> Document:
    """Return what is known of a connection: versions, settings, standing, calls, exports, alarms. Raises NotFound."""
    with reading(hub, company) as rows:
        row = rows.connection_row(rows.books(connection).name)
        now = hub.database.now(rows.connection)
        found = {
            "made_at": now,
            "hub": _hub(hub),
            "connection": _connection(rows, row),
            "connector": _connector(hub, row),
            "settings": _settings(hub, row),
            "standing": _standing(hub, rows, row),
            "traffic": _traffic(rows, row),
            "sizes": sizes(rows.connection, rows.company_id, row["id"]),
            "alarms": _alarms(rows, row),
            "calls": [_call(each) for each in newest_calls(rows.connection, rows.company_id, row["id"], CALLS)],
            "exports": _exports(rows, row),
        }
        secrets = list(_secrets(hub, rows, row))
    safe: Document = _without(found, secrets)
    return safe


def diagnostics_file(hub: Hub, company: str, connection: str) -> tuple[str, bytes]:
    """Return the name and content of the file in which the diagnostics of a connection are sent."""
    found = diagnostics(hub, company, connection)
    name = f"diagnostics-{found['connector']['id']}-{found['connection']['fingerprint']}.json"
    return name, json.dumps(found, indent=2, ensure_ascii=True).encode()


def _hub(hub: Hub) -> Document:
    return {
        "version": package.__version__,
        "schema": newest_revision(),
        "database": "sqlite" if hub.database.is_sqlite else "postgresql",
        "python": platform.python_version(),
        "system": platform.system(),
    }


def _connection(rows: CompanyRows, row: Row) -> Document:
    """Return which connection it is, in marks that tell two apart and name nobody."""
    return {
        "fingerprint": _mark(rows.company["uuid"], row["name"]),
        "books_fingerprint": _mark(row["books"]) if row["chosen_at"] else "",
        "environment": row["environment"],
        "currency": row["currency"] or rows.company["currency"],
        "mode": rows.company["mode"],
        "time_zone": rows.company["time_zone"],
    }


def _connector(hub: Hub, row: Row) -> Document:
    installed = hub.registry.connectors.get(row["connector"])
    if installed is None:
        broken = next(
            (each for each in hub.registry.broken if row["connector"] in (each.name, *each.connector_ids)), None
        )
        return {"id": row["connector"], "installed": False, "version": broken.version if broken else ""}
    info = installed.connector.info
    return {
        "id": info.id,
        "installed": True,
        "distribution": installed.distribution,
        "version": installed.version,
        "contract": info.api,
        "guarantee": info.guarantee.value,
        "capabilities": sorted(each.value for each in info.capabilities),
        "sign_ins": [type(each).__name__ for each in info.sign_ins],
    }


def _settings(hub: Hub, row: Row) -> Document:
    """Return each setting as far as it is no text of a person: choices, numbers and switches, of addresses the host."""
    try:
        schema = connector_of(hub, row["connector"]).info.settings.model_json_schema()
    except Refused:
        return {name: _length(str(value)) for name, value in sorted(row["settings"].items())}
    properties = schema.get("properties", {})
    return {
        name: _setting(str(value), properties.get(name, {}), schema.get("$defs", {}))
        for name, value in sorted(row["settings"].items())
    }


def _setting(value: str, of: Mapping[str, Any], named: Mapping[str, Any]) -> str:  # Any: JSON Schema
    kinds = [of, *of.get("anyOf", ()), *of.get("allOf", ())]
    kinds += [named.get(str(each["$ref"]).rpartition("/")[2], {}) for each in kinds if "$ref" in each]
    if any(value in map(str, (*each.get("enum", ()), each.get("const", ""))) for each in kinds if value):
        return value
    if any(each.get("type") in SHOWN_KINDS for each in kinds) and CODE.fullmatch(value):
        return value
    parts = urlsplit(value)
    if parts.scheme in ("http", "https") and parts.hostname:
        return f"{parts.scheme}://{parts.hostname}/…"
    return _length(value)


def _standing(hub: Hub, rows: CompanyRows, row: Row) -> Document:
    try:
        state = state_of(standing(hub, rows, row)).value
    except (Refused, SettingsInvalid, ConnectorError) as error:
        state = f"unusable: {type(error).__name__}"
    found = row["sign_in_id"] and sign_in_row(rows.connection, rows.company_id, row["sign_in_id"])
    instants = ("signed_in_at", "issued_at", "access_until", "refresh_until", "hard_until", "retry_at")
    look = look_row(rows.connection, rows.company_id, row["id"])
    return {
        "state": state,
        "sign_in": {
            **{name: found[name] for name in instants},
            "needs_reconnect": bool(found["needs_reconnect"]),
            "renewals": found["version"],
            "own_client": bool(found["client"]),
        }
        if found
        else None,
        "chosen_at": row["chosen_at"],
        "chart_read_at": row["chart_read_at"],
        "looked_at": look["looked_at"] if look else None,
        "chart_by_night": look["chart"] if look else None,
    }


def _traffic(rows: CompanyRows, row: Row) -> Document | None:
    found = known_traffic(rows.connection, rows.company_id, row["id"])
    names = ("failures", "failing_since", "closed_until", "probe_until", "next_call_at", "checked_at")
    return {name: found[name] for name in names} if found is not None else None


def _alarms(rows: CompanyRows, row: Row) -> list[Document]:
    found = open_alarms(rows.connection, company_id=rows.company_id, connection_id=row["id"])
    return [
        {"code": _code(each["code"]), "level": each["level"], "source": each["source"], "since": each["opened_at"]}
        for each in found
    ]


def _call(row: Row) -> Document:
    return {
        "export": row["export"],
        "journal": row["journal"],
        "part": row["part"],
        "kind": row["kind"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "outcome": row["outcome"],
        "code": _code(row["code"]),
        "message": _length(row["message"]),
        "request_id": _length(row["request_id"]),
        "request_fingerprint": _mark(row["request_id"]) if row["request_id"] else "",
        "journals_named": len(row["receipts"]),
    }


def _exports(rows: CompanyRows, row: Row) -> list[Document]:
    found = newest_exports(rows.connection, rows.company_id, row["id"], EXPORTS)
    journals = journals_of(rows.connection, rows.company_id, [each["id"] for each in found])
    return [
        {
            **{name: each[name] for name in each if name != "id"},
            "journals": [_journal(one) for one in journals if one["export_id"] == each["id"]],
        }
        for each in found
    ]


def _journal(row: Row) -> Document:
    trouble = row["trouble"] or {}
    names = ("kind", "part", "state", "reference", "sends", "calls", "sent_at", "due_at", "checked_at", "uncertain")
    return {
        **{name: row[name] for name in names},
        "needs_attention": _code(row["needs_attention"]),
        "changed_there": row["changed_there"],
        "duplicates": len(row["duplicates"]),
        "code": _code(str(trouble.get("code", ""))),
    }


def _code(text: str) -> str:
    return text if not text or CODE.fullmatch(text) else _length(text)


def _length(text: str) -> str:
    return f"({len(text)} characters, left out)" if text else ""


def _mark(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _secrets(hub: Hub, rows: CompanyRows, row: Row) -> Iterator[str]:
    """Yield what the vault holds for a connection, so that it is looked for in what is handed out."""
    found = row["sign_in_id"] and sign_in_row(rows.connection, rows.company_id, row["sign_in_id"])
    if not found:
        return
    uuid = rows.company["uuid"]
    with suppress(VaultClosed):
        if found["tokens"]:
            held = tokens_of(hub, uuid, found)
            yield from (held.access, held.refresh)
        if found["client"]:
            yield from own_of(hub, uuid, found).values()
    yield from found["kept"].values()


def _without(found: Any, secrets: list[str]) -> Any:  # noqa: ANN401  JSON's own types
    """Return a document with instants as texts, and without any text that holds one of the secrets."""
    if isinstance(found, Mapping):
        return {name: _without(value, secrets) for name, value in found.items()}
    if isinstance(found, list):
        return [_without(value, secrets) for value in found]
    if isinstance(found, datetime):
        return found.isoformat(timespec="seconds")
    if isinstance(found, date):
        return found.isoformat()
    held = isinstance(found, str) and any(len(each) >= SHORTEST_SECRET and each in found for each in secrets)
    return "(left out)" if held else found
