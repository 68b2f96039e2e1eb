"""Records as SOAP answers have them, their elements in the order of the schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from hub.api import amount_text
from hub_netsuite.sandbox import lists
from hub_netsuite.sandbox.company import Company, Journal, Line
from hub_netsuite.sandbox.dates import day_text, instant_text
from hub_netsuite.sandbox.envelopes import Element, Writer

Kept = TypeVar("Kept")
CORE_TYPES = {lists.DEPARTMENT: "Department", lists.CLASS: "Classification", lists.LOCATION: "Location"}


@dataclass(frozen=True, slots=True)
class Records:
    """Writes a company's records. with_lists: also the lists in them, which searches leave out unless asked for."""

    company: Company
    writer: Writer
    with_lists: bool = True

    def record(self, name: str, kind: str, key: str) -> Element | None:
        """Return a record by its type and internal id as an element of a name, None where it is not there."""
        company = self.company
        if kind in company.segments:
            return self._found(self.segment, name, company.segments[kind].get(key))
        if kind == "journalEntry":
            return self._found(self.journal, name, company.journals.get(key))
        if kind == "account":
            return self._found(self.account, name, company.accounts.get(key))
        if kind == "subsidiary":
            return self._found(self.subsidiary, name, company.subsidiaries.get(key))
        if kind == "currency":
            return self._found(self.currency, name, company.currencies.get(key))
        return self._found(self.period, name, company.periods.get(key)) if kind == "accountingPeriod" else None

    def _found(self, write: Callable[[str, Kept], Element], name: str, found: Kept | None) -> Element | None:
        return write(name, found) if found is not None else None

    def account(self, name: str, account: lists.Account) -> Element:
        """Return an account."""
        writer = self.writer
        return writer.element(
            name,
            *self._texts(
                acctType=account.type,
                acctNumber=account.number,
                acctName=account.name,
                includeChildren="false",
                generalRate="_current",
                cashFlowRate="_average",
                isInactive=_flag(account.is_inactive),
                inventory=_flag(account.is_inventory),
                eliminate="false",
            ),
            self._subsidiaries("listAcct", account.subsidiaries),
            *self._texts(revalue="false"),
            xsi_type="listAcct:Account",
            internalId=account.id,
        )

    def segment(self, name: str, segment: lists.Segment) -> Element:
        """Return a department, class or location."""
        flags = {"includeChildren": "false", "isInactive": _flag(segment.is_inactive)}
        of_location = segment.kind == lists.LOCATION
        inactive = self._texts(isInactive=flags["isInactive"])
        subsidiaries = self._subsidiaries("listAcct", segment.subsidiaries)
        rest = [subsidiaries, *inactive] if of_location else [*inactive, subsidiaries]
        return self.writer.element(
            name,
            *self._texts(name=segment.name, includeChildren=flags["includeChildren"]),
            *rest,
            xsi_type=f"listAcct:{CORE_TYPES[segment.kind]}",
            internalId=segment.id,
        )

    def subsidiary(self, name: str, subsidiary: lists.Subsidiary) -> Element:
        """Return a subsidiary."""
        writer = self.writer
        parent = self.company.subsidiaries.get(subsidiary.parent)
        currency = self.company.currencies[subsidiary.currency]
        return writer.element(
            name,
            *self._texts(name=subsidiary.name),
            writer.reference("listAcct:parent", parent.id, parent.name) if parent else None,
            *self._texts(
                isInactive=_flag(subsidiary.is_inactive),
                country=subsidiary.country,
                legalName=subsidiary.legal_name,
                isElimination=_flag(subsidiary.is_elimination),
            ),
            writer.reference("listAcct:currency", currency.id, currency.name),
            xsi_type="listAcct:Subsidiary",
            internalId=subsidiary.id,
        )

    def currency(self, name: str, currency: lists.Currency) -> Element:
        """Return a currency."""
        return self.writer.element(
            name,
            *self._texts(
                name=currency.name,
                symbol=currency.symbol,
                isBaseCurrency=_flag(currency.is_base),
                isInactive="false",
                exchangeRate=currency.rate,
            ),
            xsi_type="listAcct:Currency",
            internalId=currency.id,
        )

    def period(self, name: str, period: lists.Period) -> Element:
        """Return an accounting period."""
        parent = self.company.periods.get(period.parent)
        closed = _flag(self.company.is_closed(period))
        zone = self.company.zone
        return self.writer.element(
            name,
            *self._texts(periodName=period.name),
            self.writer.reference("listAcct:parent", parent.id, parent.name) if parent else None,
            *self._texts(
                startDate=day_text(period.start, zone),
                endDate=day_text(period.end, zone),
                isAdjust="false",
                isQuarter=_flag(period.is_quarter),
                isYear=_flag(period.is_year),
                closed=closed,
                apLocked=closed,
                arLocked=closed,
                payrollLocked=closed,
                allLocked=closed,
                allowNonGLChanges="false",
            ),
            xsi_type="listAcct:AccountingPeriod",
            internalId=period.id,
        )

    def journal(self, name: str, journal: Journal) -> Element:
        """Return a journal entry."""
        company, writer = self.company, self.writer
        currency, period = company.currencies[journal.currency], company.periods[journal.period]
        subsidiary = company.subsidiaries[journal.subsidiary]
        lines = writer.element(
            "tranGeneral:lineList",
            *(self._line(number, line, currency.symbol) for number, line in enumerate(journal.lines, 1)),
        )
        made = writer.element(
            name,
            writer.reference("tranGeneral:postingPeriod", period.id, period.name),
            *self._tran(tranDate=day_text(journal.day, company.zone)),
            writer.reference("tranGeneral:currency", currency.id, currency.name),
            *self._tran(
                exchangeRate=currency.rate, tranId=journal.number, reversalDefer="false", isBookSpecific="false"
            ),
            *self._segments(journal),
            writer.reference("tranGeneral:subsidiary", subsidiary.id, subsidiary.name) if company.one_world else None,
            *self._tran(
                memo=journal.memo or None,
                approved=_flag(journal.is_approved),
                createdDate=instant_text(journal.created_at),
                lastModifiedDate=instant_text(journal.changed_at),
            ),
            lines if self.with_lists else None,
            xsi_type="tranGeneral:JournalEntry",
            internalId=journal.id,
        )
        if journal.external_id:
            made.set("externalId", journal.external_id)
        return made

    def _line(self, number: int, line: Line, symbol: str) -> Element:
        account = self.company.accounts[line.account]
        side = "debit" if line.minor > 0 else "credit"
        entity = self.company.entities.get(line.entity)
        writer = self.writer
        return writer.element(
            "tranGeneral:line",
            writer.reference("tranGeneral:account", account.id, account.title),
            *self._tran(line=str(number), **{side: amount_text(abs(line.minor), symbol)}, memo=line.memo or None),
            writer.reference("tranGeneral:entity", entity.id, entity.name) if entity else None,
            *self._segments(line),
            *self._tran(eliminate="false"),
        )

    def _segments(self, of: Journal | Line) -> Iterable[Element]:
        kinds = (("department", lists.DEPARTMENT, of.department), ("class", lists.CLASS, of.class_))
        for name, kind, key in (*kinds, ("location", lists.LOCATION, of.location)):
            if key:
                yield self.writer.reference(f"tranGeneral:{name}", key, self.company.segments[kind][key].name)

    def _subsidiaries(self, prefix: str, ids: Iterable[str]) -> Element | None:
        if not self.with_lists or not self.company.one_world:
            return None
        known = self.company.subsidiaries
        refs = [self.writer.reference("platformCore:recordRef", key, known[key].name) for key in ids]
        return self.writer.element(f"{prefix}:subsidiaryList", *refs)

    def _texts(self, **pairs: str | None) -> list[Element]:
        return self.writer.texts("listAcct", pairs.items())

    def _tran(self, **pairs: str | None) -> list[Element]:
        return self.writer.texts("tranGeneral", pairs.items())


def _flag(value: bool) -> str:  # noqa: FBT001 - it is what is written
    return "true" if value else "false"
