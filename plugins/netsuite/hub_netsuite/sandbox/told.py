"""What a SOAP message asks for, taken out of its XML; what the schema does not have is refused, as the vendor's server does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

from hub_netsuite.sandbox.dates import day_of
from hub_netsuite.sandbox.entries import NOTHING, SEGMENT_FIELDS, Ref, Told, ToldLine
from hub_netsuite.sandbox.envelopes import Element, local, namespace, text, xsi_type
from hub_netsuite.sandbox.refusals import INVALID_REFERENCE, Refused, unreadable
from hub_netsuite.sandbox.versions import Version

_BODY_IGNORED = frozenset(
    {
        "exchangeRate",
        "reversalDefer",
        "isBookSpecific",
        "accountingBook",
        "createdDate",
        "lastModifiedDate",
        "customForm",
        "accountingBookDetailList",
        "nexus",
        "subsidiaryTaxRegNum",
        "taxPointDate",
    }
)
_BODY_REFUSED = frozenset({"reversalDate", "parentExpenseAlloc", "reversalEntry", "createdFrom", "toSubsidiary"})
_LINE_IGNORED = frozenset({"eliminate"})
_LINE_REFUSED = frozenset(
    {
        "taxAccount", "lineTaxCode", "lineTaxRate", "debitTax", "creditTax", "taxBasis", "totalAmount", "taxCode",
        "taxRate1", "grossAmt", "revenueRecognitionRule", "schedule", "startDate", "endDate", "residual", "scheduleNum",
        "tax1Amt", "tax1Acct",
    }
)  # fmt: skip


def reference(element: Element) -> Ref:
    """Return what a RecordRef refers to."""
    return Ref(internal_id=element.get("internalId", ""), external_id=element.get("externalId", ""))


def flag(element: Element) -> bool:
    """Return an xsd:boolean; raises Fault."""
    told = text(element)
    if told not in ("true", "false", "1", "0"):
        raise unreadable(f"{told} is not a valid boolean ({local(element)}).")
    return told in ("true", "1")


def whole(element: Element | None, name: str) -> int:
    """Return an xsd:int; raises Fault."""
    told = text(element)
    try:
        return int(told)
    except ValueError as error:
        raise unreadable(f"{told!r} is not a valid int ({name}).") from error


def journal(record: Element, version: Version, zone: ZoneInfo) -> Told:
    """Return the journal entry that a record asks for; raises Fault, and Refused for a record of another type."""
    kind, own = xsi_type(record), version.namespace("general")
    if kind != "JournalEntry":
        raise Refused("INVALID_RCRD_TYPE", f"The record type {kind or 'of the message'} cannot be written here.")
    told = Told(internal_id=record.get("internalId", ""), external_id=record.get("externalId", ""))
    for element in record:
        name = local(element)
        expected = version.namespace("core") if name == "nullFieldList" else own
        if namespace(element) != expected:
            raise unreadable(f"Invalid element in JournalEntry - {name} of namespace {namespace(element)}")
        _take(told, element, (version, zone))
    return told


def _take(told: Told, element: Element, where: tuple[Version, ZoneInfo]) -> None:
    name, (version, zone) = local(element), where
    if name == "nullFieldList":
        _clear(told, element)
    elif name == "lineList":
        told.replaces_lines = element.get("replaceAll", "true") in ("true", "1")
        told.lines = [_line(each, version) for each in element]
    elif name == "tranDate":
        told.day = _day(element, zone)
    elif name in SEGMENT_FIELDS:
        told.segments[name] = reference(element)
    elif name in _FIELDS:
        _FIELDS[name](told, element)
    elif name == "customFieldList":
        _refuse_custom_fields(element)
    elif name in _BODY_REFUSED:
        raise Refused("USER_ERROR", f"The sandbox keeps no {name} of a journal entry.")
    elif name not in _BODY_IGNORED:
        raise unreadable(f"Invalid element in JournalEntry - {name}")


def _clear(told: Told, element: Element) -> None:
    for name in (text(each) for each in element):
        if name in SEGMENT_FIELDS:
            told.segments[name] = NOTHING
        elif name == "memo":
            told.memo = ""
        else:
            raise Refused("INVALID_FLD_VALUE", f"The field {name} cannot be set to null.")


_FIELDS: Mapping[str, Callable[[Told, Element], None]] = {
    "postingPeriod": lambda told, element: setattr(told, "period", reference(element)),
    "currency": lambda told, element: setattr(told, "currency", reference(element)),
    "subsidiary": lambda told, element: setattr(told, "subsidiary", reference(element)),
    "tranId": lambda told, element: setattr(told, "number", text(element)),
    "memo": lambda told, element: setattr(told, "memo", text(element)),
    "approved": lambda told, element: setattr(told, "is_approved", flag(element)),
}


def _day(element: Element, zone: ZoneInfo) -> date:
    try:
        return day_of(text(element), zone)
    except ValueError as error:
        raise unreadable(str(error)) from error


def _line(element: Element, version: Version) -> ToldLine:
    told, own = ToldLine(), version.namespace("general")
    for each in element:
        name = local(each)
        if namespace(each) != own:
            raise unreadable(f"Invalid element in JournalEntryLine - {name} of namespace {namespace(each)}")
        if name == "line":
            told.number = whole(each, name)
        elif name in ("debit", "credit", "memo"):
            setattr(told, name, text(each))
        elif name in ("account", "entity"):
            setattr(told, name, reference(each))
        elif name in SEGMENT_FIELDS:
            told.segments[name] = reference(each)
        elif name == "customFieldList":
            _refuse_custom_fields(each)
        elif name in _LINE_REFUSED:
            raise Refused("USER_ERROR", f"The sandbox keeps no {name} of a line.")
        elif name not in _LINE_IGNORED:
            raise unreadable(f"Invalid element in JournalEntryLine - {name}")
    return told


def _refuse_custom_fields(element: Element) -> None:
    for each in element:
        key = each.get("scriptId") or each.get("internalId") or ""
        raise Refused(INVALID_REFERENCE, f"Invalid custom field key {key}. This account has no custom fields.")
