"""The envelopes of everything that is asked over SOAP but a journal entry, built and validated by zeep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from hub_netsuite.answers import Element
from hub_netsuite.definitions import builder
from hub_netsuite.escaping import attribute
from hub_netsuite.signing import MARKER

if TYPE_CHECKING:
    import zeep

PAGE_SIZE = 1_000  # the most of a synchronous search (facts 2.2)
PREFERENCES: Mapping[str, object] = {"warningAsError": False}
_SEARCHING: Mapping[str, object] = {
    "bodyFieldsOnly": False,
    "pageSize": PAGE_SIZE,
}  # true leaves out subsidiaries (2.4)

_NAME = re.compile(r"@(\w+)@")
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_MARKER = MARKER.removeprefix(b"<!--").removesuffix(b"-->").decode()


class Envelopes:
    """Builds the envelopes of one version."""

    def __init__(self, version: str) -> None:
        self._version = version

    def search(self, kind: str, **criteria: object) -> bytes:
        """Return a search for all records of a kind, such as Account, with all their fields."""
        record = self._typed("common", "platform", f"{kind}SearchBasic", **criteria)
        return self._built("search", searchRecord=record, headers={"searchPreferences": _SEARCHING})

    def more(self, search_id: str, page: int) -> bytes:
        """Return the question for another page of a search."""
        return self._built(
            "searchMoreWithId", searchId=search_id, pageIndex=page, headers={"searchPreferences": _SEARCHING}
        )

    def get_journal(self, *, internal: str = "", external: str = "") -> bytes:
        """Return the question for one journal entry, by NetSuite's own id or by ours."""
        form = _get_form(self._version, "internalId" if internal else "externalId")
        return (form % attribute(internal or external)).encode()

    def get_all(self, kind: str) -> bytes:
        """Return the question for all records of a kind that cannot be searched."""
        return self._built("getAll", record={"recordType": kind})

    def select_accounts(self, subsidiary: str, page: int) -> bytes:
        """Return the question which accounts a journal line of a subsidiary may have; empty: without subsidiaries."""
        described: dict[str, object] = {"recordType": "journalEntry", "sublist": "lineList", "field": "account"}
        if subsidiary:
            described["filterByValueList"] = {"filterBy": [{"field": "subsidiary", "internalId": subsidiary}]}
        return self._built("getSelectValue", fieldDescription=described, pageIndex=page)

    def _typed(self, schema: str, of: str, name: str, **values: object) -> object:
        namespace = f"urn:{schema}_{self._version}.{of}.webservices.netsuite.com"
        return typed(builder(self._version), f"{{{namespace}}}{name}", values)

    def _built(self, operation: str, headers: Mapping[str, object] | None = None, **arguments: object) -> bytes:
        return built(builder(self._version), operation, headers or {}, arguments)


@lru_cache(maxsize=32)
def _get_form(version: str, named: str) -> str:
    """Return the question for a journal entry with `%s` for its id, which every journal is read back by."""
    client = builder(version)
    values = {"type": "journalEntry", named: "@id@"}
    ref = typed(client, f"{{urn:core_{version}.platform.webservices.netsuite.com}}RecordRef", values)
    return formed(built(client, "get", {}, {"baseRef": ref}).decode())[0]


def formed(sample: str) -> tuple[str, tuple[str, ...]]:
    """Return an envelope with names such as `@id@` as a form with `%s` for each, and the names."""
    return _NAME.sub("%s", sample.replace("%", "%%")), tuple(_NAME.findall(sample))


def typed(client: zeep.Client, name: str, values: Mapping[str, object]) -> object:
    """Return a value of a type of the description; raises TypeError where it does not fit."""
    kind: Callable[..., object] = client.get_type(name)  # type: ignore[no-untyped-call]
    return kind(**values)


def built(client: zeep.Client, operation: str, headers: Mapping[str, object], arguments: Mapping[str, object]) -> bytes:
    """Return an envelope as bytes, with a mark where its passport goes."""
    from lxml import etree

    ready = client.create_message(client.service, operation, **arguments, _soapheaders=headers or None)  # type: ignore[no-untyped-call]
    envelope: bytes = etree.tostring(_marked(ready), encoding="UTF-8", xml_declaration=True)
    return envelope


def _marked(envelope: Element) -> Element:
    from lxml import etree

    header = envelope.find(f"{{{_SOAP}}}Header")
    if header is None:
        header = etree.Element(f"{{{_SOAP}}}Header")
        envelope.insert(0, header)
    header.insert(0, etree.Comment(_MARKER))
    return envelope
