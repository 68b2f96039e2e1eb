"""Journal entries as the sandbox takes them: every rule of the vendor's that is documented or was recorded."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from hub.api import to_minor
from hub.testing.sandbox import BookJournal, BookLine
from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.company import Company, Document, times
from hub_quickbooks.sandbox.refusals import Json

LONGEST_NUMBER, LONGEST_TEXT = 21, 4_000
MOST_AMOUNT = Decimal(10) ** 10
DETAIL = "JournalEntryLineDetail"
FEWEST_LINES = 2
_NEEDS_NAME = {"Accounts Receivable": ("Customer", "customer"), "Accounts Payable": ("Vendor", "vendor")}

# The elements of a journal entry in the vendor's schema (Finance.xsd); anything else is refused.
_PROPERTY_NAMES = (
    "Id SyncToken MetaData CustomField AttachableRef domain status sparse DocNumber TxnDate DepartmentRef "
    "CurrencyRef ExchangeRate PrivateNote TxnStatus LinkedTxn Line TxnTaxDetail TxnSource TaxFormType "
    "TaxFormNum TransactionLocationType Tag TxnApprovalInfo RecurDataRef RecurringInfo ProjectRef "
    "TotalCostAmount HomeTotalCostAmount Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency "
    "GlobalTaxCalculation TotalAmt HomeTotalAmt JournalEntryEx "
)
_PROPERTIES = frozenset(_PROPERTY_NAMES.split())


def document_of(company: Company, body: Document, now: datetime, known: Document | None = None) -> Document:
    """Return the journal that a body makes, of a known one where it changes that; raises Refused."""
    unknown = sorted(body.keys() - _PROPERTIES)
    if unknown:
        raise refusals.unsupported(f"{unknown[0]} specified is unsupported or invalid")
    day, number = _date(body, now), _text(body, "DocNumber", LONGEST_NUMBER)
    note = _text(body, "PrivateNote", LONGEST_TEXT)
    check_open(company, day)
    lines = _lines(company, body)
    return {
        "Id": known["Id"] if known else company.next_id(),
        "SyncToken": str(int(known["SyncToken"]) + 1) if known else "0",
        "MetaData": times(datetime.fromisoformat(known["MetaData"]["CreateTime"]) if known else now, now),
        **({"DocNumber": number} if number else {}),
        "TxnDate": day.isoformat(),
        "CurrencyRef": _currency(company, body),
        **({"ExchangeRate": Decimal(1)} if company.choices.many_currencies else {}),
        **({"PrivateNote": note} if note else {}),
        "Line": lines,
        "Adjustment": body.get("Adjustment") is True,
        "TotalAmt": Decimal(0),
        "domain": "QBO",
        "sparse": False,
    }


def check_open(company: Company, day: date) -> None:
    """Raise Refused where a date lies in the closed books."""
    if company.books.is_closed(day):
        raise refusals.closed()


def check_number(company: Company, document: Document) -> None:
    """Raise Refused where another journal has the number, if the company wants that."""
    number = document.get("DocNumber")
    if not company.choices.warn_duplicate_journal_number or not number:
        return
    for other in company.journals.values():
        if other.get("DocNumber") == number and other["Id"] != document["Id"]:
            raise refusals.duplicate_number(number, other["Id"])


def keep(company: Company, document: Document) -> None:
    """Write a journal into the company's documents and books."""
    lines = tuple(
        BookLine(account=line[DETAIL]["AccountRef"]["value"], amount=_signed(line, company.currency))
        for line in document["Line"]
        if DETAIL in line
    )
    company.books.put(
        BookJournal(
            id=document["Id"],
            date=date.fromisoformat(document["TxnDate"]),
            reference=document.get("DocNumber", ""),
            status="Posted",
            lines=lines,
        )
    )
    company.journals[document["Id"]] = document


def remove(company: Company, document: Document, now: datetime) -> None:
    """Take a journal out; what changed tells of it for a while."""
    del company.journals[document["Id"]]
    company.books.remove(document["Id"])
    meta = {**document["MetaData"], **times(datetime.fromisoformat(document["MetaData"]["CreateTime"]), now)}
    company.deleted[document["Id"]] = {"Id": document["Id"], "MetaData": meta, "domain": "QBO", "status": "Deleted"}


def with_changed_amounts(document: Document) -> Document:
    """Return a journal whose first debit and first credit are a cent more."""
    changed, done = [], set()
    for line in document["Line"]:
        side = line.get(DETAIL, {}).get("PostingType")
        more = side is not None and side not in done
        done.add(side)
        changed.append({**line, "Amount": line["Amount"] + Decimal("0.01")} if more else line)
    return {**document, "Line": changed}


def _lines(company: Company, body: Document) -> list[Document]:
    told = body.get("Line")
    if not isinstance(told, list) or not told:
        raise refusals.missing("Line")
    lines = [_line(company, each, str(number)) for number, each in enumerate(told)]
    if sum(DETAIL in line for line in lines) < FEWEST_LINES:
        raise refusals.business("Fill out at least two detail lines to continue.")
    sums = {"Debit": 0, "Credit": 0}
    for line in lines:
        if DETAIL in line:
            sums[line[DETAIL]["PostingType"]] += to_minor(line["Amount"], company.currency)
    if sums["Debit"] != sums["Credit"]:
        raise refusals.business("The debits and credits of this journal entry do not balance.")
    return lines


def _line(company: Company, told: Json, number: str) -> Document:
    if not isinstance(told, dict):
        raise refusals.unsupported("Line is not an object")
    description = _text(told, "Description", LONGEST_TEXT)
    about = {"Id": number, **({"Description": description} if description else {})}
    if told.get("DetailType") == "DescriptionOnly":
        return {**about, "DetailType": "DescriptionOnly", "DescriptionLineDetail": {}}
    if told.get("DetailType") != DETAIL:
        raise refusals.missing("DetailType")
    detail = told.get(DETAIL)
    if not isinstance(detail, dict):
        raise refusals.missing(DETAIL)
    return {**about, "Amount": _amount(told, company.currency), "DetailType": DETAIL, DETAIL: _detail(company, detail)}


def _detail(company: Company, told: Document) -> Document:
    side = told.get("PostingType")
    if side is None:
        raise refusals.missing("PostingType")
    if side not in ("Debit", "Credit"):
        raise refusals.unsupported(f"PostingType with value {side} specified is unsupported or invalid")
    account = _reference(told, "AccountRef")
    if account is None:
        raise refusals.missing("AccountRef")
    if account not in company.accounts:
        raise refusals.no_reference("Accounts", account)
    detail: Document = {"PostingType": side, **_named(company, account, told)}
    detail["AccountRef"] = company.reference(company.accounts, account)
    for field, kind, known, on in (
        ("ClassRef", "Klasses", company.classes, company.choices.classes),
        ("DepartmentRef", "Depts", company.departments, company.choices.locations),
    ):
        value = _reference(told, field)
        if value is None:
            continue
        if not on:
            raise refusals.no_feature(field)
        if value not in known:
            raise refusals.no_reference(kind, value)
        if not known[value]["Active"]:
            raise refusals.inactive()
        detail[field] = company.reference(known, value)
    return detail


def _named(company: Company, account: str, told: Document) -> Document:
    """Check what an account asks of a line; return the name that stands beside it."""
    known = company.accounts[account]
    if not known["Active"]:
        raise refusals.inactive()
    if known["AccountType"] == "Non-Posting":
        raise refusals.business("You can't post to a non-posting account.")
    entity = told.get("Entity")
    has = isinstance(entity, dict) and entity.get("Type")
    kind, word = _NEEDS_NAME.get(known["AccountType"], ("", ""))
    if kind and has != kind:
        raise refusals.business(f"When you use {known['AccountType']}, you must choose a {word} in the Name field.")
    reference = _reference(entity, "EntityRef") if isinstance(entity, dict) else None
    return {"Entity": {"Type": has, "EntityRef": {"value": reference}}} if has and reference else {}


def _reference(told: Document, name: str) -> str | None:
    """Return the id of a reference; clients send empty ones for none."""
    value = told.get(name)
    found = value.get("value") if isinstance(value, dict) else None
    return str(found) if found not in (None, "") else None


def _currency(company: Company, body: Document) -> Document:
    code = _reference(body, "CurrencyRef")
    if code is None and company.choices.many_currencies:
        raise refusals.missing("CurrencyRef")
    if code not in (None, company.currency):
        raise refusals.business("The sandbox keeps books in one currency, and the journal is in another.")
    return company.currency_reference()


def _date(body: Document, now: datetime) -> date:
    told = body.get("TxnDate")
    if told in (None, ""):
        return now.date()
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError as error:
        raise refusals.unsupported("TxnDate specified is unsupported or invalid") from error


def _text(told: Document, name: str, most: int) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise refusals.unsupported(f"{name} specified is unsupported or invalid")
    if len(value) > most:
        raise refusals.too_long(name, most, len(value))
    return value


def _amount(told: Document, currency: str) -> Decimal:
    """Return a line's amount in the currency's decimals, of which the vendor takes five; a sign says nothing."""
    value = told.get("Amount")
    if value in (None, ""):
        raise refusals.missing("Amount")
    try:
        amount = Decimal(str(value))
    except ArithmeticError as error:
        raise refusals.no_number("Amount", value) from error
    if not amount.is_finite() or abs(amount) >= MOST_AMOUNT:
        raise refusals.no_number("Amount", value)
    if amount < 0:
        raise refusals.business("Amounts of a journal entry are positive: the posting type says which way.")
    places = Decimal(1) if currency == "JPY" else Decimal("0.01")
    return amount.quantize(places, ROUND_HALF_UP)


def _signed(line: Document, currency: str) -> int:
    minor = to_minor(line["Amount"], currency)
    return minor if line[DETAIL]["PostingType"] == "Debit" else -minor
