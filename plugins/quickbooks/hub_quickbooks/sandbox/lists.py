"""Accounts, classes and locations as clients make and change them."""

from __future__ import annotations

from datetime import datetime

from hub_quickbooks.sandbox import refusals
from hub_quickbooks.sandbox.company import Company, Document, times

LONGEST_NAME = 100
KINDS = {"account": "Account", "class": "Class", "department": "Department"}
# The vendor's account types with their classification (Finance.xsd).
_CLASSIFICATIONS = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
    "Non-Posting": "",
}
_CHANGEABLE = ("Name", "AcctNum", "Active", "AccountSubType", "Description")


def rows_of(company: Company, kind: str) -> dict[str, Document]:
    """Return the documents of a kind by id; accounts with their balances."""
    if kind == "Account":
        return {account["Id"]: account for account in company.shown_accounts()}
    return company.classes if kind == "Class" else company.departments


def saved(company: Company, kind: str, body: Document, now: datetime) -> Document:
    """Make or change what a body says, and return it; raises Refused."""
    known = rows_of(company, kind)
    document = _changed(known, body, now) if body.get("Id") else _made(company, kind, known, body, now)
    _check_name(known, document)
    if kind == "Account":
        company.put_account(document)
        return rows_of(company, kind)[document["Id"]]
    known[document["Id"]] = document
    return document


def _changed(known: dict[str, Document], body: Document, now: datetime) -> Document:
    before = known.get(str(body["Id"]))
    if before is None:
        raise refusals.gone()
    if str(body.get("SyncToken", "")) != before["SyncToken"]:
        raise refusals.stale()
    changes = {name: body[name] for name in _CHANGEABLE if name in body}
    parent = before["FullyQualifiedName"].rpartition(":")[0]
    after = {**before, **changes}
    after["FullyQualifiedName"] = f"{parent}:{after['Name']}" if parent else after["Name"]
    after["SyncToken"] = str(int(before["SyncToken"]) + 1)
    after["MetaData"] = times(datetime.fromisoformat(before["MetaData"]["CreateTime"]), now)
    return after


def _made(company: Company, kind: str, known: dict[str, Document], body: Document, now: datetime) -> Document:
    name = body.get("Name")
    if not isinstance(name, str) or not name:
        raise refusals.missing("Name")
    if len(name) > LONGEST_NAME:
        raise refusals.too_long("Name", LONGEST_NAME, len(name))
    parent = (body.get("ParentRef") or {}).get("value")
    if parent and parent not in known:
        raise refusals.no_reference("Accounts" if kind == "Account" else "Names", parent)
    above = {"ParentRef": {"value": parent}} if parent else {}
    under = {"Account": "SubAccount", "Class": "SubClass", "Department": "SubDepartment"}[kind]
    return {
        "Id": company.next_id(),
        "SyncToken": "0",
        "MetaData": times(now),
        "Name": name,
        under: bool(parent),
        **above,
        "FullyQualifiedName": f"{known[parent]['FullyQualifiedName']}:{name}" if parent else name,
        "Active": True,
        **(_account_type(body) if kind == "Account" else {}),
        "domain": "QBO",
        "sparse": False,
    }


def _account_type(body: Document) -> Document:
    kind, subtype, number = body.get("AccountType"), body.get("AccountSubType"), body.get("AcctNum")
    if not kind and not subtype:
        raise refusals.missing("AccountType")
    if kind not in _CLASSIFICATIONS:
        raise refusals.unsupported(f"AccountType with value {kind} specified is unsupported or invalid")
    classification = _CLASSIFICATIONS[kind]
    return {
        **({"Classification": classification} if classification else {}),
        "AccountType": kind,
        **({"AccountSubType": subtype} if subtype else {}),
        **({"AcctNum": number} if number else {}),
    }


def _check_name(known: dict[str, Document], document: Document) -> None:
    for other in known.values():
        if other["Id"] != document["Id"] and other["FullyQualifiedName"] == document["FullyQualifiedName"]:
            raise refusals.duplicate_name(document["FullyQualifiedName"])
