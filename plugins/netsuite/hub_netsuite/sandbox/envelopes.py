"""SOAP envelopes: read without trusting them, and written as the vendor's schemas have them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from lxml import etree

from hub_netsuite.sandbox.refusals import Fault, unreadable
from hub_netsuite.sandbox.versions import AXIS, SOAP, XSI, Version

Element: TypeAlias = Any  # an element of lxml, which brings no types
MOST_BYTES = 100 * 1024 * 1024

_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_PLAIN = {b"utf-8", b"us-ascii", b"ascii"}


def read(body: bytes) -> Element:
    """Return the envelope of a message; raises Fault. No document type, no entity, and nothing from elsewhere is taken."""
    told = _ENCODING.match(body.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in body or (told and told[1].lower() not in _PLAIN):
        raise unreadable("The message must be in UTF-8.")
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise unreadable("DOCTYPE is disallowed.")
    if len(body) > MOST_BYTES:
        raise Fault("exceededRequestSize", "USER_ERROR", "The request is larger than 100 MB.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        envelope = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable(str(error)) from error
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise unreadable(f"{local(envelope)} is no SOAP 1.1 envelope.")
    return envelope


def part(envelope: Element, name: str) -> Element | None:
    """Return the header or the body of an envelope."""
    return envelope.find(f"{{{SOAP}}}{name}")


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def namespace(element: Element) -> str:
    """Return an element's namespace."""
    return str(etree.QName(element).namespace or "")


def text(element: Element | None) -> str:
    """Return an element's text, empty where there is no element."""
    return "" if element is None else str(element.text or "").strip()


def xsi_type(element: Element) -> str:
    """Return the name of the type that an element says it has, without its prefix."""
    return str(element.get(f"{{{XSI}}}type", "")).rpartition(":")[2]


class Writer:
    """Writes elements of one version; names are written with their prefix: `platformCore:status`."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self._prefixes = version.prefixes()

    def element(self, name: str, *children: Element | str | None, **attributes: str) -> Element:
        """Return an element; a text among the children is its text, None is left out. xsi_type: with its prefix."""
        made = etree.Element(self._name(name), nsmap=self._prefixes)
        for attribute, value in attributes.items():
            made.set(f"{{{XSI}}}type" if attribute == "xsi_type" else attribute, value)
        for child in children:
            if isinstance(child, str):
                made.text = child
            elif child is not None:
                made.append(child)
        return made

    def texts(self, prefix: str, pairs: Iterable[tuple[str, str | None]]) -> list[Element]:
        """Return an element for each name and text; a text of None is left out."""
        return [self.element(f"{prefix}:{name}", value) for name, value in pairs if value is not None]

    def reference(self, name: str, key: str, title: str = "", kind: str = "", external_id: str = "") -> Element:
        """Return a RecordRef."""
        made = self.element(name, xsi_type="platformCore:RecordRef")
        for attribute, value in (("internalId", key), ("externalId", external_id), ("type", kind)):
            if value:
                made.set(attribute, value)
        if title:
            made.append(self.element("platformCore:name", title))
        return made

    def envelope(self, body: Element, ns_id: str) -> bytes:
        """Return an answer, with the id that the vendor's support asks for."""
        info = self.element("platformMsgs:documentInfo", self.element("platformMsgs:nsId", ns_id))
        made = self.element(
            "soapenv:Envelope", self.element("soapenv:Header", info), self.element("soapenv:Body", body)
        )
        etree.cleanup_namespaces(made, keep_ns_prefixes=list(self._prefixes))
        return bytes(etree.tostring(made, xml_declaration=True, encoding="UTF-8"))

    def fault(self, fault: Fault, host: str) -> Element:
        """Return the fault of a request of which nothing was processed."""
        detail = etree.Element("detail")
        if fault.kind:
            pairs = (("code", fault.code), ("message", fault.message))
            detail.append(self.element(f"platformFaults:{fault.kind}Fault", *self.texts("platformFaults", pairs)))
        hostname = etree.SubElement(detail, f"{{{AXIS}}}hostname", nsmap={"ns1": AXIS})
        hostname.text = host
        made = self.element("soapenv:Fault")
        for name, value in (("faultcode", "soapenv:Server.userException"), ("faultstring", fault.message)):
            etree.SubElement(made, name).text = value
        made.append(detail)
        return made

    def status(self, *, success: bool, details: Iterable[Element] = (), name: str = "platformCore:status") -> Element:
        """Return a status."""
        return self.element(name, *details, isSuccess="true" if success else "false")

    def detail(self, code: str, message: str, kind: str = "ERROR", *, late: str = "") -> Element:
        """Return a detail of a status. late: the name of the element that says that a script failed after the record was kept.

        The vendor's schema calls it afterSubmitFailed and has it last; its help calls it aftersubmitFailed, and has it first.
        """
        made = self.element(
            "platformCore:statusDetail", *self.texts("platformCore", (("code", code), ("message", message))), type=kind
        )
        if late:
            after = self.element(f"platformCore:{late}", "true")
            made.insert(0 if late == LATE_OF_THE_HELP else len(made), after)
        return made

    def _name(self, name: str) -> str:
        prefix, _, rest = name.partition(":")
        return f"{{{self._prefixes[prefix]}}}{rest}"


LATE, LATE_OF_THE_HELP = "afterSubmitFailed", "aftersubmitFailed"
