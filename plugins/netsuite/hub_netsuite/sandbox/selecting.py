"""getSelectValue: what may be chosen in a field of a journal entry, for a role that may not list the records themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub_netsuite.sandbox.company import Company
from hub_netsuite.sandbox.entries import SEGMENT_FIELDS
from hub_netsuite.sandbox.envelopes import Element, local, text
from hub_netsuite.sandbox.refusals import Refused

PAGE = 20
"""How many values a page has. The vendor's schema has no way to ask for more (2023.2)."""

DEPENDENT = ("account", "entity", *SEGMENT_FIELDS)
"""Fields whose values depend on the subsidiary."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of a field. missing: the field whose value it needs and did not get."""

    kind: str
    values: tuple[tuple[str, str], ...]
    missing: str = ""


def choices(company: Company, description: Element) -> Choices:
    """Return what may be chosen; raises Refused for a field that is not there."""
    told = {local(each): each for each in description}
    record, field = text(told.get("recordType")), text(told.get("field"))
    if record != "journalEntry":
        raise Refused("INVALID_RCRD_TYPE", f"The sandbox has no values of fields of {record or 'no record'}.")
    sublist = text(told.get("sublist"))
    if sublist not in ("", "lineList") or (field in ("account", "entity") and not sublist):
        raise Refused("INVALID_FLD_VALUE", f"There is no field {field} in {sublist or 'the body'}.")
    subsidiary = _subsidiary(told.get("filterByValueList"))
    if company.one_world and field in DEPENDENT and not subsidiary:
        return Choices(field, (), missing="subsidiary")
    kind, values = _values(company, field, subsidiary)
    fits = _filter(told.get("filter"))
    return Choices(kind, tuple((key, name) for key, name in values if fits(name)))


def _subsidiary(filters: Element | None) -> str:
    """Return the subsidiary that values are asked for."""
    for each in () if filters is None else filters:
        told = {local(part): text(part) for part in each}
        if told.get("field") == "subsidiary":
            return told.get("internalId", "")
    return ""


def _values(company: Company, field: str, subsidiary: str) -> tuple[str, list[tuple[str, str]]]:
    def here(subsidiaries: tuple[str, ...]) -> bool:
        return not company.one_world or subsidiary in subsidiaries

    if field == "account":
        accounts = [each for each in company.accounts.values() if each.takes_journals and here(each.subsidiaries)]
        return field, [(each.id, each.title) for each in accounts]
    if field in SEGMENT_FIELDS:
        kind = SEGMENT_FIELDS[field]
        segments = [
            each for each in company.segments[kind].values() if not each.is_inactive and here(each.subsidiaries)
        ]
        return kind, [(each.id, each.name) for each in segments]
    if field == "subsidiary" and company.one_world:
        known = [each for each in company.subsidiaries.values() if each.id in company.role_subsidiaries]
        return field, [(each.id, each.name) for each in known]
    if field == "currency":
        return field, [(each.id, each.name) for each in company.currencies.values()]
    if field == "postingPeriod":
        open_ = [each for each in company.periods.values() if each.is_month and not company.is_closed(each)]
        return "accountingPeriod", [(each.id, each.name) for each in open_]
    if field == "entity":
        return "customer", [(each.id, each.name) for each in company.entities.values()]
    raise Refused("INVALID_FLD_VALUE", f"There is no field {field} to select a value of.")


def _filter(told: Element | None) -> Callable[[str], bool]:
    if told is None:
        return lambda _name: True
    operator, wanted = told.get("operator", ""), text(next(iter(told), None)).casefold()
    if operator not in _OPERATORS:
        raise Refused("INVALID_SEARCH_OPERATOR", f"The operator {operator} does not fit a field's values.")
    return lambda name: _OPERATORS[operator](name.casefold(), wanted)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "is": lambda name, wanted: name == wanted,
    "contains": lambda name, wanted: wanted in name,
    "startsWith": lambda name, wanted: name.startswith(wanted),
}
