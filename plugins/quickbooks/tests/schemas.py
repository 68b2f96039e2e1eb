"""The vendor's own schemas as judges: JSON is rendered as the vendor's XML, and the schema says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from hub_quickbooks.sandbox.rendering import NAMESPACE, xml_bytes

ROOT = "IntuitRestServiceDef.xsd"
_JOURNAL_ENTRY = (
    "Id SyncToken MetaData DocNumber TxnDate DepartmentRef CurrencyRef ExchangeRate PrivateNote Line TxnTaxDetail "
    "Adjustment TotalAmt domain sparse status"
)
# The order of elements in the vendor's schema, which JSON has not.
_ORDER = {
    "JournalEntry": _JOURNAL_ENTRY.split(),
    "Line": ["Id", "LineNum", "Description", "Amount", "DetailType", "JournalEntryLineDetail", "DescriptionLineDetail"],
    "JournalEntryLineDetail": ["PostingType", "Entity", "AccountRef", "ClassRef", "DepartmentRef"],
}


class Schema:
    """The vendor's schema."""

    def __init__(self, folder: Path) -> None:
        self._schema = etree.XMLSchema(etree.parse(str(folder / ROOT)))

    def wrong_with(self, answer: bytes) -> list[str]:
        """Return what is wrong with an answer, or with an entity, in XML."""
        document = etree.fromstring(answer)
        if self._schema.validate(document):
            return []
        return [str(error) for error in self._schema.error_log]

    def wrong_with_json(self, told: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with an answer in JSON."""
        return self.wrong_with(xml_bytes(told))

    def wrong_with_entity(self, name: str, told: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with an entity that is sent, such as a JournalEntry, and with fields it does not have."""
        xml = xml_bytes({name: _ordered(name, told)})
        entity = etree.fromstring(xml)[0]
        assert entity.tag == f"{{{NAMESPACE}}}{name}"
        return self.wrong_with(etree.tostring(entity))


def _ordered(name: str, told: Any) -> Any:
    """Return the same with its fields in the schema's order; a field that is not listed goes last, and is told."""
    if isinstance(told, list):
        return [_ordered(name, each) for each in told]
    if not isinstance(told, Mapping):
        return told
    order = _ORDER.get(name, list(told))
    fields = sorted(told, key=lambda field: order.index(field) if field in order else len(order))
    return {field: _ordered(field, told[field]) for field in fields}
