"""What the sandbox answers to queries and to the question what changed."""

from __future__ import annotations

from datetime import UTC, datetime

from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.company import Company, Document
from hub_quickbooks.sandbox.lists import rows_of
from hub_quickbooks.sandbox.query import matching, page_of
from hub_quickbooks.sandbox.statement import read_query

ANY = frozenset({"id", "metadata.createtime", "metadata.lastupdatedtime"})
NAMED = ANY | {"name", "fullyqualifiedname", "active", "parentref"}
FILTERABLE = {
    "Account": NAMED
    | {"accounttype", "accountsubtype", "classification", "subaccount", "currentbalance", "acctnum", "description"},
    "Class": NAMED | {"subclass"},
    "Department": NAMED | {"subdepartment"},
    "JournalEntry": ANY | {"docnumber", "txndate"},
    "CompanyInfo": ANY | {"companyname"},
    "Preferences": ANY,
}
# Entities of the vendor's that the sandbox's companies have none of.
_NONE_OF = (
    "Attachable Bill BillPayment Budget CompanyCurrency CreditMemo Customer CustomerType Deposit Employee "
    "Estimate ExchangeRate Invoice Item Payment PaymentMethod Purchase PurchaseOrder RefundReceipt "
    "SalesReceipt TaxAgency TaxCode TaxRate Term TimeActivity Transfer Vendor VendorCredit "
)
NONE_OF = tuple(_NONE_OF.split())
_CANONICAL = {name.lower(): name for name in (*FILTERABLE, *NONE_OF)}


def answered(company: Company, statement: str) -> Document:
    """Return the answer to a query; raises Refused. Inactive rows are left out unless the query says otherwise."""
    query = read_query(statement)
    entity = _CANONICAL.get(query.entity.lower())
    if entity is None:
        raise refusals.query_invalid(f"Invalid context declaration: {query.entity}")
    if entity in NONE_OF:
        return {"totalCount": 0} if query.counts else {}
    rows = _rows(company, entity)
    if not any(condition.field == "active" for condition in query.conditions):
        rows = [row for row in rows if row.get("Active") is not False]
    found = matching(query, rows, FILTERABLE[entity])
    if query.counts:
        return {"totalCount": len(found)}
    page = page_of(query, found)
    return {entity: page, "startPosition": query.first, "maxResults": len(page)} if page else {}


def changed(company: Company, entities: str, since: str) -> Document:
    """Return what changed since an instant; of what was deleted no more than its id and when. Raises Refused."""
    names = [_CANONICAL.get(name.strip().lower()) for name in entities.split(",")]
    if None in names:
        raise refusals.query_invalid(f"Invalid entity in {entities}")
    try:
        instant = datetime.fromisoformat(since)
    except ValueError as error:
        raise refusals.query_invalid("changedSince is not an instant") from error
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    responses = [_changes(company, str(name), instant) for name in names]
    return {"QueryResponse": [response or {} for response in responses]}


def _rows(company: Company, entity: str) -> list[Document]:
    if entity == "JournalEntry":
        return list(company.journals.values())
    if entity == "CompanyInfo":
        return [company.company_info()]
    if entity == "Preferences":
        return [company.preferences()]
    return list(rows_of(company, entity).values())


def _changes(company: Company, entity: str, since: datetime) -> Document:
    if entity not in FILTERABLE:
        return {}
    rows = _rows(company, entity)
    if entity == "JournalEntry":
        rows += company.deleted.values()
    found = [row for row in rows if datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"]) >= since]
    return {entity: found, "startPosition": 1, "maxResults": len(found), "totalCount": len(found)} if found else {}
