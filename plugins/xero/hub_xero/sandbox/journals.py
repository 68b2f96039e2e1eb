"""What Xero takes as a manual journal and what it refuses, and how one changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

from hub.api import from_minor, to_minor
from hub_xero.sandbox.answers import NOBODY
from hub_xero.sandbox.bodies import Told, amount_in, day_in
from hub_xero.sandbox.organisations import (
    DELETED,
    DRAFT,
    POSTED,
    VOIDED,
    Journal,
    Line,
    Option,
    Organisation,
    Shown,
    Tracking,
)

CHANGES = {(DRAFT, DRAFT), (DRAFT, POSTED), (DRAFT, DELETED), (POSTED, VOIDED)}
LINE_AMOUNT_TYPES = ("NoTax", "Exclusive", "Inclusive")
OPEN_SYSTEM_ACCOUNTS = ("", "HISTORICAL", "REALISEDCURRENCYGAIN", "RETAINEDEARNINGS")
CENT = Decimal("0.01")
FEWEST_LINES = 2


@dataclass(slots=True, kw_only=True)
class Drafted:
    """A journal as a client asks for it, and what is wrong with it; journal: None where it cannot even be drafted."""

    told: Told
    journal: Journal | None = None
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def shown(self, currency: str) -> Shown:
        """Return it as an answer has it: a refused one with the id of nothing, unless it is there already."""
        row: Shown
        if self.journal is None:
            row = {"ManualJournalID": NOBODY, "Narration": str(self.told.get("Narration") or ""), "JournalLines": []}
        else:
            row = self.journal.shown(currency)
            if self.errors and not self.told.get("ManualJournalID"):
                row["ManualJournalID"] = NOBODY
        if self.errors:
            row["ValidationErrors"] = [{"Message": error} for error in self.errors]
        if self.warnings:
            row["Warnings"] = [{"Message": warning} for warning in self.warnings]
        row["StatusAttributeString"] = "ERROR" if self.errors else "WARNING" if self.warnings else "OK"
        return row


def drafted(organisation: Organisation, told: Told, now: datetime, *, new: bool) -> Drafted:
    """Return what a client asks for, checked; new: whether an id in it means nothing (PUT)."""
    made = Drafted(told={**told, "ManualJournalID": None} if new else told)
    known = organisation.journals.get(str(made.told.get("ManualJournalID") or "").lower())
    if made.told.get("ManualJournalID") and known is None:
        made.errors.append("The manual journal could not be found.")
        return made
    try:
        made.journal = _journal(organisation, made, known, now)
    except ValueError as error:
        made.errors.append(f"The journal cannot be read: {error}.")
        return made
    made.errors += _refusals(organisation, made.journal, known)
    return made


def changed_by_a_cent(journal: Journal) -> Journal:
    """Return a journal with a cent more on its first debit and its first credit."""
    debit = next(number for number, line in enumerate(journal.lines) if line.minor > 0)
    credit = next(number for number, line in enumerate(journal.lines) if line.minor < 0)
    more = {debit: 1, credit: -1}
    lines = tuple(replace(line, minor=line.minor + more.get(number, 0)) for number, line in enumerate(journal.lines))
    return replace(journal, lines=lines)


def _journal(organisation: Organisation, made: Drafted, known: Journal | None, now: datetime) -> Journal:
    """Return the journal that is asked for; what is left out stays as it is; raises ValueError."""
    told = made.told
    status = str(told.get("Status") or (known.status if known else DRAFT)).upper()
    if status not in (DRAFT, POSTED, VOIDED, DELETED):
        raise ValueError(f"{status} is no status")
    types = str(told.get("LineAmountTypes") or (known.line_amount_types if known else "NoTax"))
    if types not in LINE_AMOUNT_TYPES:
        raise ValueError(f"{types} is none of {', '.join(LINE_AMOUNT_TYPES)}")
    keeps_lines = known is not None and not told.get("JournalLines")
    return Journal(
        id=known.id if known else str(uuid4()),
        narration=str(told.get("Narration") or (known.narration if known else "")),
        date=day_in(told.get("Date")) or (known.date if known else now.date()),
        status=status,
        lines=known.lines if known and keeps_lines else tuple(_lines(organisation, made, draft=status == DRAFT)),
        updated_at=now,
        url=str(told.get("Url") or (known.url if known else "")),
        line_amount_types=types,
        on_cash_basis=str(told.get("ShowOnCashBasisReports", True)).lower() != "false",
    )


def _lines(organisation: Organisation, made: Drafted, *, draft: bool) -> Iterator[Line]:
    """Yield the lines of accounts that are there; of a draft the others are left out with a warning, else refused."""
    several = made.told.get("JournalLines") or []
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise ValueError("JournalLines is a list of lines")
    for told in several:
        named = str(told.get("AccountID") or told.get("AccountCode") or "")
        account = organisation.account(named)
        if account is None:
            (made.warnings if draft else made.errors).append(
                f"Account code '{named}' has been removed as it does not match a recognised account."
                if draft
                else f"Account code '{named}' is not a valid code for this document."
            )
            continue
        tax_type = str(told.get("TaxType") or "NONE")
        if tax_type != "NONE":
            made.errors.append(f"The TaxType code '{tax_type}' cannot be used with account code '{account.key}'.")
        yield Line(
            account=account,
            minor=to_minor(amount_in(told.get("LineAmount", 0)).quantize(CENT, ROUND_HALF_UP), organisation.currency),
            description=str(told.get("Description") or ""),
            tracked=tuple(_tracked(organisation, made, told.get("Tracking") or [])),
        )


def _tracked(organisation: Organisation, made: Drafted, several: object) -> Iterator[tuple[Tracking, Option]]:
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise ValueError("Tracking is a list of categories")
    if len(several) > FEWEST_LINES:
        made.errors.append("A line takes at most 2 tracking categories.")
    for told in several:
        named = {str(told.get("Name") or ""), str(told.get("TrackingCategoryID") or "").lower()} - {""}
        category = next((each for each in organisation.tracking if named & {each.name, each.id}), None)
        wanted = {str(told.get("Option") or ""), str(told.get("TrackingOptionID") or "").lower()} - {""}
        option = next((each for each in category.options if wanted & {each.name, each.id}), None) if category else None
        if category is None or option is None:
            made.errors.append(f"The tracking option '{told.get('Option') or ''}' is not one of the organisation's.")
        else:
            yield category, option


def _refusals(organisation: Organisation, journal: Journal, known: Journal | None) -> Iterator[str]:
    """Yield why a journal cannot be kept as it is asked for."""
    if not journal.narration.strip():
        yield "A manual journal needs a narration."
    if known is None and journal.status in (VOIDED, DELETED):
        yield f"A new manual journal cannot have the status {journal.status}."
    if known is not None and (known.status, journal.status) not in CHANGES:
        yield f"A manual journal with the status {known.status} cannot be changed to {journal.status}."
    if journal.status == POSTED:
        yield from _unpostable(organisation, journal)
    if journal.status in (POSTED, VOIDED):
        yield from _locked(organisation, (journal.date, *((known.date,) if known and known.status == POSTED else ())))


def _unpostable(organisation: Organisation, journal: Journal) -> Iterator[str]:
    if len(journal.lines) < FEWEST_LINES:
        yield "A manual journal needs at least two lines."
    debits, credits_ = (
        from_minor(sum(line.minor for line in journal.lines if (line.minor > 0) is debit), organisation.currency)
        for debit in (True, False)
    )
    if debits != -credits_:
        yield f"The total debits ({debits}) must equal total credits ({credits_})"
    for account in {line.account.id: line.account for line in journal.lines}.values():
        standing = organisation.chart[account.id]
        if standing.status != "ACTIVE":
            yield f"Account code '{account.key}' has been archived, or has been deleted from the chart of accounts."
        elif account.type == "BANK" or account.system not in OPEN_SYSTEM_ACCOUNTS:
            yield f"Account code '{account.key}' is not a valid code for this document."


def _locked(organisation: Organisation, days: tuple[date, ...]) -> Iterator[str]:
    locked = organisation.books.closed_through
    if locked is not None and min(days) <= locked:
        yield f"The document date cannot be before the period lock date, currently set at {locked:%d-%b-%Y}"
