"""The versions of the SOAP endpoint, and the XML namespaces that go with each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
AXIS = "http://xml.apache.org/axis/"

VERSION = re.compile(r"20\d\d_[12]")
OLDEST, NEWEST = "2020_1", "2025_2"  # what release 2026.2 still answers (the vendor's table of endpoints)

_ROOMS = {
    "core": "core_{}.platform",
    "core_types": "types.core_{}.platform",
    "messages": "messages_{}.platform",
    "faults": "faults_{}.platform",
    "fault_types": "types.faults_{}.platform",
    "common": "common_{}.platform",
    "common_types": "types.common_{}.platform",
    "accounting": "accounting_{}.lists",
    "accounting_types": "types.accounting_{}.lists",
    "general": "general_{}.transactions",
    "sales": "sales_{}.transactions",
    "sales_types": "types.sales_{}.transactions",
}
PREFIXES = {
    "soapenv": SOAP,
    "xsi": XSI,
    "platformMsgs": "messages",
    "platformCore": "core",
    "platformFaults": "faults",
    "listAcct": "accounting",
    "tranGeneral": "general",
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the endpoint, such as 2023_2."""

    name: str

    @property
    def platform(self) -> str:
        """The namespace of the WSDL itself."""
        return f"urn:platform_{self.name}.webservices.netsuite.com"

    def namespace(self, room: str) -> str:
        """Return a namespace: `core` is urn:core_2023_2.platform.webservices.netsuite.com."""
        return f"urn:{_ROOMS[room].format(self.name)}.webservices.netsuite.com"

    def tag(self, prefix: str, name: str) -> str:
        """Return a name in the namespace of a prefix, as lxml writes it."""
        return f"{{{self.prefixes()[prefix]}}}{name}"

    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that answers use, with their namespaces."""
        return _prefixes(self)


@cache
def _prefixes(version: Version) -> dict[str, str]:
    return {prefix: version.namespace(room) if room in _ROOMS else room for prefix, room in PREFIXES.items()}


def answered(name: str) -> Version | None:
    """Return the version of a name, None where its endpoint does not answer any more, or not yet."""
    return Version(name) if VERSION.fullmatch(name) and OLDEST <= name <= NEWEST else None
