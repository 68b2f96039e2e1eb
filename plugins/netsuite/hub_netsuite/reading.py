"""From the XML of NetSuite's records to what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from hub_netsuite.answers import Element, Unreadable, attribute, child, children, flag, reference, text
from hub_netsuite.pacific import as_told
from hub_netsuite.records import AccountThere, Currency, JournalThere, LineThere, Period, Subsidiary, Value

_NOTHING = Decimal(0)


def currency(record: Element) -> Currency:
    """Return a currency."""
    return Currency(
        id=_id(record),
        code=text(record, "symbol").upper(),
        base=flag(record, "isBaseCurrency"),
        active=not flag(record, "isInactive"),
    )


def subsidiary(record: Element) -> Subsidiary:
    """Return a subsidiary."""
    return Subsidiary(
        id=_id(record),
        name=_own_name(text(record, "name")),
        parent=reference(record, "parent")[0],
        currency=reference(record, "currency")[0],
        elimination=flag(record, "isElimination"),
        active=not flag(record, "isInactive"),
    )


def value(record: Element) -> Value:
    """Return a department, class or location."""
    return Value(
        id=_id(record),
        name=_own_name(text(record, "name")),
        parent=reference(record, "parent")[0],
        active=not flag(record, "isInactive"),
        subsidiaries=_subsidiaries(record),
        with_children=flag(record, "includeChildren"),
    )


def account(record: Element) -> AccountThere:
    """Return an account."""
    return AccountThere(
        id=_id(record),
        number=text(record, "acctNumber"),
        name=_own_name(text(record, "acctName")),
        parent=reference(record, "parent")[0],
        kind=text(record, "acctType").removeprefix("_").lower(),
        active=not flag(record, "isInactive"),
        holds_inventory=flag(record, "inventory"),
        subsidiaries=_subsidiaries(record),
        with_children=flag(record, "includeChildren"),
    )


def selectable_account(ref: Element) -> AccountThere:
    """Return an account as the list of a journal's field names it: number and name in one text, where it has a number."""
    name = text(ref, "name")
    number, blank, rest = name.partition(" ")
    if not (blank and rest.strip() and number[:1].isdigit()):
        number, rest = "", name
    return AccountThere(id=_id(ref), number=number, name=_own_name(rest))


def period(record: Element) -> Period | None:
    """Return an accounting period that journals fall into, None for a quarter, a year or a period for adjustments."""
    if flag(record, "isQuarter") or flag(record, "isYear") or flag(record, "isAdjust"):
        return None
    return Period(
        name=text(record, "periodName"),
        first=_day(record, "startDate"),
        last=_day(record, "endDate"),
        closed=flag(record, "closed"),
        locked=flag(record, "allLocked"),
    )


def journal(record: Element) -> JournalThere:
    """Return a journal entry."""
    approved = text(record, "approved")
    listed = child(record, "lineList")
    return JournalThere(
        id=_id(record),
        number=text(record, "tranId"),
        external_id=attribute(record, "externalId"),
        date=_day(record, "tranDate"),
        currency=reference(record, "currency")[0],
        approved=flag(record, "approved") if approved else None,
        lines=tuple(_lines(listed)) if listed is not None else (),
    )


def _lines(listed: Element) -> Iterator[LineThere]:
    """Yield the lines of a list, in one pass over what is needed of them: there may be a thousand.

    A line's number is an element of the same name as the line, with nothing in it.
    """
    space = listed.tag[: listed.tag.rfind("}") + 1]
    line, account, debit, credit, memo = (f"{space}{name}" for name in ("line", "account", "debit", "credit", "memo"))
    names: dict[str, str] = {}
    id_, amount, said, begun = "", _NOTHING, "", False
    for each in listed.iter(line, account, debit, credit, memo):
        tag = each.tag
        if tag == line:
            if len(each):
                if begun:
                    yield LineThere(id_, names.get(id_, ""), amount, said)
                id_, amount, said, begun = "", _NOTHING, "", True
        elif tag == account:
            id_ = attribute(each, "internalId")
            if id_ not in names:
                names[id_] = text(each, "name")
        elif tag == memo:
            said = (each.text or "").strip()
        else:
            moved = exact(each.text or "0")
            amount += moved if tag == debit else -moved
    if begun:
        yield LineThere(id_, names.get(id_, ""), amount, said)
    elif len(listed):
        raise Unreadable("A journal's lines are not where they should be.")


def exact(told: str) -> Decimal:
    """Return an amount, which may be told as `1.23E7`; raises Unreadable."""
    try:
        amount = Decimal(told.strip())
    except InvalidOperation as error:
        raise Unreadable("An amount is not a number.") from error
    if not amount.is_finite():
        raise Unreadable("An amount is not a number.")
    return amount


def _id(record: Element) -> str:
    found = attribute(record, "internalId").strip()
    if not found:
        raise Unreadable("A record has no internal id.")
    return found


def _own_name(name: str) -> str:
    """Return the last part of a name that is told with those of its parents, which differs by release and setting."""
    return name.rpartition(" : ")[2].strip()


def _subsidiaries(record: Element) -> frozenset[str]:
    listed = child(record, "subsidiaryList")
    if listed is None:
        return frozenset()
    return frozenset(filter(None, (attribute(each, "internalId") for each in children(listed, "recordRef"))))


def _day(record: Element, name: str) -> date:
    try:
        return as_told(text(record, name))
    except ValueError as error:
        raise Unreadable(f"{name} is not a date.") from error
