"""Reads the XML of NetSuite's answers: tolerant of the order and the case of elements, of nothing else.

The vendor's own examples disagree with its schema in both (facts 2.3), and the worst place to stumble over that is the answer
to a journal that was written. No document type, no entity, nothing from outside is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

Element: TypeAlias = Any  # lxml's element, of which this file asks nothing but tag, text, attributes and children

_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(ValueError):
    """An answer is not what NetSuite documents; the message says what is wrong, without the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One sentence of a status: its code, and whether the record was written although a script failed after it."""

    kind: str
    code: str
    message: str
    after_submit_failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Whether NetSuite did what it was asked for one record, and what it says about it."""

    success: bool
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapFault:
    """An error of a whole request. kind: such as `invalidCredentialsFault`, empty where the detail does not name it."""

    kind: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer's content: one element, or a fault. request_id: NetSuite's own id of the request, where it tells one."""

    content: Element
    fault: SoapFault | None
    request_id: str


def answer(content: bytes) -> Answer:
    """Return what an envelope holds; raises Unreadable."""
    envelope = document(content)
    body = child(envelope, "Body") if name_of(envelope) == "envelope" else None
    held = next(children(body), None) if body is not None else None
    if held is None:
        raise Unreadable("The answer is not an envelope with something in it.")
    header = child(envelope, "Header")
    told = child(header, "documentInfo") if header is not None else None
    request_id = text(told, "nsId") if told is not None else ""
    return Answer(content=held, fault=_fault(held) if name_of(held) == "fault" else None, request_id=request_id)


def document(content: bytes) -> Element:
    """Return the root of an XML document; raises Unreadable for one that is broken or declares a type or an entity."""
    from lxml import etree

    if _DECLARED.search(content):
        raise Unreadable("The answer declares a document type.")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable("The answer is not XML.") from error
    if root.getroottree().docinfo.doctype:  # in another encoding than the search above can see
        raise Unreadable("The answer declares a document type.")
    return root


def name_of(element: Element) -> str:
    """Return an element's name without its namespace, in lower case."""
    tag = element.tag
    return bare_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=2_000)
def bare_name(tag: str) -> str:
    """Return a tag without its namespace, in lower case."""
    return tag.rpartition("}")[2].lower()


def children(element: Element, name: str = "") -> Iterator[Element]:
    """Yield an element's children, of one name where that is given, in any case."""
    wanted = name.lower()
    for each in element:
        if isinstance(each.tag, str) and (not wanted or name_of(each) == wanted):
            yield each


def child(element: Element, name: str) -> Element | None:
    """Return the first child of a name, in any case; None where there is none."""
    return next(children(element, name), None)


def needed(element: Element, name: str) -> Element:
    """Return the first child of a name; raises Unreadable."""
    found = child(element, name)
    if found is None:
        raise Unreadable(f"{name} is missing.")
    return found


def text(element: Element, name: str) -> str:
    """Return the text of a child, empty where there is none."""
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute, its name in any case and without namespace; empty where there is none."""
    value = element.get(name)
    if value is not None:
        return str(value)
    wanted = name.lower()
    return next((str(each) for key, each in element.items() if key.rpartition("}")[2].lower() == wanted), "")


def truth(told: str, name: str) -> bool:
    """Return a boolean of XML; raises Unreadable for anything else."""
    value = told.strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise Unreadable(f"{name} is neither true nor false.")


def flag(element: Element, name: str) -> bool:
    """Return a child that is a boolean, false where it is absent."""
    told = text(element, name)
    return truth(told, name) if told else False


def reference(element: Element, name: str) -> tuple[str, str]:
    """Return the internal id and the name of the record that a child refers to, empty where there is none."""
    found = child(element, name)
    return (attribute(found, "internalId"), text(found, "name")) if found is not None else ("", "")


def status_of(element: Element) -> Status:
    """Return the status of a response or a result; raises Unreadable where it does not say whether it succeeded."""
    found = needed(element, "status")
    details = tuple(
        Detail(
            kind=attribute(each, "type").upper() or "ERROR",
            code=text(each, "code"),
            message=text(each, "message"),
            after_submit_failed=flag(each, "afterSubmitFailed"),
        )
        for each in children(found, "statusDetail")
    )
    return Status(success=truth(attribute(found, "isSuccess"), "isSuccess"), details=details)


def _fault(element: Element) -> SoapFault:
    """Return a fault; what it is stands in its detail, by an element's name, or only in its sentence."""
    detail = child(element, "detail")
    told = [each for each in children(detail) if name_of(each).endswith("fault")] if detail is not None else []
    first = told[0] if told else None
    return SoapFault(
        kind=name_of(first) if first is not None else "",
        code=text(first, "code") if first is not None else "",
        message=(text(first, "message") if first is not None else "") or text(element, "faultstring"),
    )
