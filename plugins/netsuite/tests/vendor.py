"""The vendor's own schemas of 2023_2 as judges of envelopes, loaded once."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

VERSION = "2023_2"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_SPACES = {
    "platform": ("messages", "core", "common", "faults"),
    "transactions": ("general",),
    "lists": ("accounting",),
}
_FILES = {
    "messages": "platform.messages",
    "core": "platform.core",
    "common": "platform.common",
    "faults": "platform.faults",
    "general": "transactions.general",
    "accounting": "lists.accounting",
}


class VendorSchema:
    """Says what is wrong with the header and the body of an envelope."""

    def __init__(self, shared: Path) -> None:
        folder = shared / "specs" / "netsuite" / VERSION / "xsd"
        imports = "".join(
            f'<import namespace="urn:{name}_{VERSION}.{of}.webservices.netsuite.com" schemaLocation="{_FILES[name]}.xsd"/>'
            for of, names in _SPACES.items()
            for name in names
        )
        text = f'<schema xmlns="http://www.w3.org/2001/XMLSchema">{imports}</schema>'
        self._schema = etree.XMLSchema(etree.fromstring(text.encode(), base_url=str(folder / "all.xsd")))

    def wrong_with(self, envelope: bytes) -> list[str]:
        """Return what the schemas have against each element of the header, and against the body's."""
        root = etree.fromstring(envelope)
        assert etree.QName(root).text == f"{{{SOAP}}}Envelope"
        parts = [each for part in root for each in part if isinstance(each.tag, str)]
        assert parts, "an envelope holds something"
        return [message for part in parts for message in self._errors(part)]

    def _errors(self, element: etree._Element) -> list[str]:
        alone = etree.fromstring(etree.tostring(element))
        return [] if self._schema.validate(alone) else [str(error) for error in self._schema.error_log]
