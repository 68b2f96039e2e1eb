"""The rules of a journal entry, whichever way it comes in: what is asked for is checked in full, then kept or refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from hub.api import from_minor, to_minor
from hub_netsuite.sandbox import lists, refusals
from hub_netsuite.sandbox.company import Company, Journal, Line
from hub_netsuite.sandbox.refusals import USER_ERROR, Refused

FEWEST_LINES, MOST_LINES = 2, 1_000
MAKE, APPROVE = "Transactions -> Make Journal Entry", "Transactions -> Journal Approval"
SEGMENT_FIELDS = {"department": lists.DEPARTMENT, "class": lists.CLASS, "location": lists.LOCATION}
"""The vendor's name of each segment's field, and its record type."""

Named = TypeVar("Named")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A reference by internal or external id; both empty: to nothing."""

    internal_id: str = ""
    external_id: str = ""

    @property
    def key(self) -> str:
        """What it names."""
        return self.internal_id or self.external_id


NOTHING = Ref()


@dataclass(slots=True, kw_only=True)
class ToldLine:
    """A line as a client sends it; what is None was not sent. number: of the line that it changes, 0 for a new one."""

    number: int = 0
    account: Ref | None = None
    debit: str | None = None
    credit: str | None = None
    memo: str | None = None
    segments: dict[str, Ref] = field(default_factory=dict)
    entity: Ref | None = None


@dataclass(slots=True, kw_only=True)
class Told:
    """A journal entry as a client sends it; what is None was not sent. segments: by the vendor's name of the field."""

    internal_id: str = ""
    external_id: str = ""
    number: str | None = None
    day: date | None = None
    period: Ref | None = None
    subsidiary: Ref | None = None
    currency: Ref | None = None
    memo: str | None = None
    is_approved: bool | None = None
    segments: dict[str, Ref] = field(default_factory=dict)
    lines: list[ToldLine] | None = None
    replaces_lines: bool = True


def drafted(company: Company, told: Told, known: Journal | None = None) -> Journal:
    """Return the journal entry that is asked for, or that a known one becomes; raises Refused."""
    if MAKE in company.denied:
        raise refusals.forbidden(MAKE)
    day = told.day or (known.day if known else company.now().astimezone(company.zone).date())
    subsidiary = _subsidiary(company, told, known)
    currency = _currency(company, told, known, subsidiary)
    lines = tuple(_lines(company, told, known, (subsidiary, currency.symbol)))
    now = company.now()
    made = Journal(
        id=known.id if known else "",
        external_id=told.external_id or (known.external_id if known else ""),
        number=told.number or (known.number if known else ""),
        day=day,
        period=_period(company, told, day, known).id,
        subsidiary=subsidiary,
        currency=currency.id,
        lines=lines,
        created_at=known.created_at if known else now,
        changed_at=now,
        memo=_told(told.memo, known.memo if known else ""),
        is_approved=_approved(company, told, known),
        **_segments(company, told.segments, _segments_of(known), subsidiary),
    )
    _check_lines(company, made)
    return made


def kept(company: Company, told: Told, *, known: Journal | None = None, changed_by: int = 0) -> Journal:
    """Keep what is asked for and return it. changed_by: minor units that the first two amounts are kept off by."""
    made = drafted(company, told, known)
    if known is None and made.external_id and company.by_external_id(made.external_id):
        raise refusals.exists()
    if not made.id:
        id_ = company.new_id()
        made = replace(made, id=id_, number=made.number or f"JE{id_}")
    if changed_by:
        made = off_by(made, changed_by)
    company.put(made)
    return made


def off_by(journal: Journal, minor: int) -> Journal:
    """Return a journal entry whose first debit and first credit are larger by so much, as after a change by a person."""
    debit = next(line for line in journal.lines if line.minor > 0)
    credit = next(line for line in journal.lines if line.minor < 0)
    moved = {id(debit): minor, id(credit): -minor}
    lines = tuple(replace(line, minor=line.minor + moved.get(id(line), 0)) for line in journal.lines)
    return replace(journal, lines=lines)


def deleted(company: Company, known: Journal) -> None:
    """Delete a journal entry; raises Refused where its period is closed."""
    if MAKE in company.denied:
        raise refusals.forbidden(MAKE)
    _check_open(company, company.periods[known.period])
    company.remove(known.id)


def found(company: Company, ref: Ref) -> Journal | None:
    """Return the journal entry of a reference."""
    return company.journals.get(ref.internal_id) if ref.internal_id else company.by_external_id(ref.external_id)


def _subsidiary(company: Company, told: Told, known: Journal | None) -> str:
    if not company.one_world:
        if told.subsidiary is not None:
            raise refusals.InvalidReference("subsidiary", told.subsidiary.key, path="subsidiary")
        return lists.PARENT
    if told.subsidiary is None:
        if known is None:
            raise Refused(USER_ERROR, "Please enter a value for subsidiary", path="subsidiary")
        return known.subsidiary
    wanted = company.subsidiaries.get(told.subsidiary.internal_id)
    if wanted is None or wanted.is_inactive or wanted.id not in company.role_subsidiaries:
        raise refusals.InvalidReference("subsidiary", told.subsidiary.key, path="subsidiary")
    if known is not None and known.subsidiary != wanted.id:
        raise Refused("SUBSIDIARY_CHANGE_NOT_ALLOWED", "The subsidiary of a transaction cannot be changed.")
    return wanted.id


def _currency(company: Company, told: Told, known: Journal | None, subsidiary: str) -> lists.Currency:
    own = company.currencies[company.subsidiaries[subsidiary].currency]
    if told.currency is None:
        return company.currencies[known.currency] if known else own
    wanted = company.currencies.get(told.currency.internal_id)
    if wanted is None or wanted != own:
        raise refusals.InvalidReference("currency", told.currency.key, subsidiary, "currency")
    return wanted


def _period(company: Company, told: Told, day: date, known: Journal | None) -> lists.Period:
    by_day = company.period_of(day)
    wanted = company.periods.get(told.period.internal_id) if told.period is not None else by_day
    if wanted is None or not wanted.is_month:
        key = told.period.key if told.period is not None else day.isoformat()
        raise Refused("INVALID_PERIOD", f"There is no accounting period for {key}.", path="postingPeriod")
    if wanted != by_day:
        message = "The transaction date you specified is not within the date range of your accounting period."
        raise Refused("DATE_PRD_MISMATCH", message, path="tranDate")
    _check_open(company, wanted)
    if known is not None:
        _check_open(company, company.periods[known.period])
    return wanted


def _check_open(company: Company, period: lists.Period) -> None:
    if company.is_closed(period):
        message = f"You cannot create or change a transaction in a closed period ({period.name})."
        raise Refused(company.closed_code, message, path="tranDate")


def _approved(company: Company, told: Told, known: Journal | None) -> bool:
    """Return whether it is posted at once: where approval is required, only on the word of one who may approve."""
    if not company.requires_approval:
        return True
    if APPROVE in company.denied:
        return bool(known and known.is_approved)
    return told.is_approved if told.is_approved is not None else bool(known and known.is_approved)


def _lines(company: Company, told: Told, known: Journal | None, place: tuple[str, str]) -> Iterator[Line]:
    """Yield the lines that are there afterwards. place: subsidiary, and the symbol of the currency."""
    before = list(known.lines) if known else []
    if told.lines is None:
        yield from before
        return
    changed = {} if told.replaces_lines else {each.number: each for each in told.lines if each.number}
    if not told.replaces_lines:
        for number, line in enumerate(before, 1):
            yield _line(company, changed[number], (number, line), place) if number in changed else line
    for number, each in enumerate(told.lines, 1):
        if each.number not in changed:
            yield _line(company, each, (number, None), place)


def _line(company: Company, told: ToldLine, at: tuple[int, Line | None], place: tuple[str, str]) -> Line:
    """Return a line as it is asked for. at: its number, and what stands there already."""
    (number, before), (subsidiary, symbol) = at, place
    path = f"line.items[{number - 1}]"
    account = before.account if before else ""
    if told.account is not None:
        account = _account(company, told.account, subsidiary, path)
    if not account:
        raise refusals.required(["Account"], path)
    minor = _minor(told, symbol, path) or (before.minor if before else 0)
    if not minor:
        raise Refused("JE_LINE_MISSING_REQD_DATA", "A line needs either a debit or a credit.", path=path)
    entity = before.entity if before else ""
    if told.entity is not None:
        entity = told.entity.internal_id
        if entity not in company.entities:
            raise refusals.InvalidReference("entity", told.entity.key, subsidiary, f"{path}.entity")
    if company.accounts[account].type in lists.NAMED_TYPES and not entity:
        raise refusals.required(["Name"], f"{path}.entity")
    return Line(
        account=account,
        minor=minor,
        memo=_told(told.memo, before.memo if before else ""),
        entity=entity,
        **_segments(company, told.segments, _segments_of(before), subsidiary),
    )


def _account(company: Company, ref: Ref, subsidiary: str, path: str) -> str:
    account = company.accounts.get(ref.internal_id)
    if account is None or not account.takes_journals or subsidiary not in account.subsidiaries:
        there = subsidiary if company.one_world else ""
        raise refusals.InvalidReference("account", ref.key, there, f"{path}.account")
    return account.id


def _minor(told: ToldLine, symbol: str, path: str) -> int:
    debit, credit = (_amount(each, symbol, path) for each in (told.debit, told.credit))
    if debit and credit:
        raise Refused(USER_ERROR, "A line cannot have both a debit and a credit.", path=path)
    return debit - credit


def _amount(told: str | None, symbol: str, path: str) -> int:
    if told is None:
        return 0
    try:
        amount = Decimal(told)
        minor = to_minor(amount, symbol)
    except (InvalidOperation, ValueError) as error:
        raise Refused("INVALID_AMT", f"Invalid amount {told} in {symbol}.", path=path) from error
    if minor < 0:
        raise Refused("INVALID_AMT", f"Invalid amount {told}: it must not be negative.", path=path)
    return minor


def _segments(company: Company, told: Mapping[str, Ref], before: Mapping[str, str], subsidiary: str) -> dict[str, str]:
    """Return department, class and location by the names of a Line's and a Journal's fields; raises Refused."""
    after = dict(before)
    for name, ref in told.items():
        known = company.segments[SEGMENT_FIELDS[name]].get(ref.internal_id)
        if ref != NOTHING and (known is None or known.is_inactive or subsidiary not in known.subsidiaries):
            there = subsidiary if company.one_world else ""
            raise refusals.InvalidReference(name, ref.key, there, name)
        after["class_" if name == "class" else name] = ref.internal_id
    return after


def _segments_of(before: Journal | Line | None) -> dict[str, str]:
    if before is None:
        return {}
    return {"department": before.department, "class_": before.class_, "location": before.location}


def _check_lines(company: Company, made: Journal) -> None:
    if len(made.lines) > MOST_LINES:
        raise Refused("EXCEEDED_MAX_TRANS_LINES", f"A transaction takes at most {MOST_LINES} lines.", path="line")
    debits, credits_ = (sum(line.minor for line in made.lines if (line.minor > 0) is side) for side in (True, False))
    if len(made.lines) < FEWEST_LINES or not debits or not credits_:
        raise Refused(USER_ERROR, "You must enter at least two lines for this transaction.", path="line")
    if debits != -credits_:
        symbol = company.currencies[made.currency].symbol
        raise Refused(
            "JE_AMOUNTS_MUST_BALANCE",
            f"The amounts in a journal entry must balance. (Debits {from_minor(debits, symbol)}, credits "
            f"{from_minor(-credits_, symbol)})",
            path="line",
        )


def _told(now: str | None, before: str) -> str:
    return before if now is None else now


def edited(journal: Journal, now: datetime) -> Journal:
    """Return a journal entry as a person changed it: by a cent."""
    return replace(off_by(journal, 1), changed_at=now)


def approved(journal: Journal, now: datetime) -> Journal:
    """Return a journal entry as somebody approved it."""
    return replace(journal, is_approved=True, changed_at=now)
