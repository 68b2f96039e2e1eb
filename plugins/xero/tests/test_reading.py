"""What is read from Xero: organisations, charts, tracking, journals by reference, and what was changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest

from hub.api import AccountKind, Company, ConnectorError, Receipt, ReceiptStatus, ReconnectNeeded, TryLater
from hub_xero.faults import GONE
from plugins.xero.tests.journals import (
    FOOD,
    JOURNAL,
    MEAT,
    ORGANISATION,
    REFERENCE,
    TENANT,
    Body,
    answer,
    entry,
    journal,
    journals,
    scripted,
    there,
)

OTHER = "1f1f1f1f-3f0e-4d6f-9f6b-2f1c7a1f0a22"
LIST = "GET /ManualJournals"
ONE = f"GET /ManualJournals/{JOURNAL}"
RECEIPT = Receipt(id=JOURNAL, number=REFERENCE, status=ReceiptStatus.POSTED)


def account(type_: str, class_: str, **more: object) -> Body:
    return {
        "AccountID": FOOD.id,
        "Code": "1310",
        "Name": "Food",
        "Type": type_,
        "Class": class_,
        "Status": "ACTIVE",
        **more,
    }


def test_the_organisations_of_one_consent_are_listed_with_their_base_currencies() -> None:
    told = [
        {"id": JOURNAL, "tenantId": TENANT, "tenantType": "ORGANISATION", "tenantName": "Acme Restaurants"},
        {"id": JOURNAL, "tenantId": JOURNAL, "tenantType": "PRACTICE", "tenantName": "Books & Co"},
        {"id": JOURNAL, "tenantId": OTHER, "tenantType": "ORGANISATION", "tenantName": "Acme Canada"},
    ]
    forbidden = answer({"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}, 403)
    session, script = scripted(
        {"GET /connections": answer(told), "GET /Organisation": [answer(ORGANISATION), forbidden]}
    )
    assert session.companies() == [
        Company(id=TENANT, name="Acme Restaurants", currency="USD"),
        Company(id=OTHER, name="Acme Canada"),
    ]
    assert [request.headers.get("Xero-Tenant-Id") for request in script.asked] == [None, TENANT, OTHER]


@pytest.mark.parametrize(
    ("row", "kind", "why"),
    [
        (account("CURRENT", "ASSET"), AccountKind.ASSET, ""),
        (account("INVENTORY", "ASSET"), AccountKind.ASSET, ""),
        (account("DIRECTCOSTS", "EXPENSE"), AccountKind.COGS, ""),
        (account("OVERHEADS", "EXPENSE"), AccountKind.EXPENSE, ""),
        (account("DEPRECIATN", "EXPENSE"), AccountKind.EXPENSE, ""),
        (account("CURRLIAB", "LIABILITY"), AccountKind.LIABILITY, ""),
        (account("EQUITY", "EQUITY", SystemAccount="RETAINEDEARNINGS"), AccountKind.EQUITY, ""),
        (account("SALES", "REVENUE", SystemAccount=""), AccountKind.INCOME, ""),
        (account("NEWTYPE", ""), None, ""),
        (account("BANK", "ASSET", Code=None), AccountKind.ASSET, "Xero takes no manual journals to bank accounts."),
        (
            account("CURRLIAB", "LIABILITY", SystemAccount="CREDITORS"),
            AccountKind.LIABILITY,
            "system account Accounts Payable",
        ),
        (account("CURRENT", "ASSET", SystemAccount="DEBTORS"), AccountKind.ASSET, "system account Accounts Receivable"),
        (account("CURRLIAB", "LIABILITY", SystemAccount="ROUNDING"), AccountKind.LIABILITY, "system account ROUNDING"),
        (account("EXPENSE", "EXPENSE", Status="ARCHIVED"), AccountKind.EXPENSE, "It is archived in Xero."),
    ],
)
def test_an_account_has_its_kind_and_the_reason_where_it_takes_no_journals(
    row: Body, kind: AccountKind | None, why: str
) -> None:
    session, _ = scripted({"GET /Accounts": answer({"Accounts": [row]})})
    (found,) = session.accounts()
    assert (found.id, found.kind, found.active) == (FOOD.id, kind, row["Status"] == "ACTIVE")
    assert found.why_not_postable.endswith(why) if not why else why in found.why_not_postable
    assert bool(found.why_not_postable) is bool(why)


def test_tracking_categories_are_dimensions_by_their_names() -> None:
    option = {"TrackingOptionID": OTHER, "Name": "North", "Status": "ACTIVE"}
    told = {
        "TrackingCategories": [
            {
                "Name": "Region",
                "Status": "ACTIVE",
                "Options": [option, {**option, "TrackingOptionID": JOURNAL, "Status": "ARCHIVED"}],
            },
            {"Name": "Old", "Status": "ARCHIVED", "Options": []},
        ]
    }
    session, _ = scripted({"GET /TrackingCategories": answer(told)})
    (region,) = session.dimensions()
    assert (region.name, region.label, region.required) == ("Region", "Region", False)
    assert [(value.name, value.active) for value in region.values or ()] == [("North", True), ("North", False)]


def test_a_journal_is_looked_for_by_its_date_and_by_its_narration_with_drafts_and_voided_ones() -> None:
    draft = journal(
        ManualJournalID=OTHER, Status="DRAFT", Date="/Date(1793750400000+0000)/", JournalLines=[there(FOOD, 5)]
    )
    by_link = journal(
        ManualJournalID=TENANT, Status="VOIDED", Narration="Mine", Url=f"https://hub.example/?reference={REFERENCE}"
    )
    others = [
        journal(ManualJournalID="0b159335-606b-485f-b51b-97b3b32bad32", Narration="Rent", JournalLines=[]),
        journal(ManualJournalID="0b159335-606b-485f-b51b-97b3b32bad33", Narration=f"Reversal: {REFERENCE} Inventory"),
        journal(ManualJournalID="0b159335-606b-485f-b51b-97b3b32bad34", Narration=f"{REFERENCE}Z"),
    ]
    session, script = scripted(
        {LIST: [answer(journals(journal(), by_link, *others)), answer(journals(journal(), draft))]}
    )
    found = {receipt.id: receipt for receipt in session.find(entry())}
    assert {id_: receipt.status for id_, receipt in found.items()} == {
        JOURNAL: ReceiptStatus.POSTED,
        TENANT: ReceiptStatus.VOID,
        OTHER: ReceiptStatus.DRAFT,
    }
    asked = [dict(request.url.params) for request in script.asked if request.url.path.endswith("ManualJournals")]
    assert [each["where"] for each in asked] == ["Date==DateTime(2026,10,31)", f'Narration.Contains("{REFERENCE}")']
    assert {(each["page"], each["pageSize"]) for each in asked} == {("1", "100")}
    recorded = found[OTHER].recorded
    assert recorded is not None
    assert recorded.lines == ()


def pages(count: int, *, counted: bool, missing: int = 0) -> list[httpx2.Response]:
    """Pages of a hundred journals, counted by Xero or not."""
    rows = [
        journal(ManualJournalID=f"00000000-0000-4000-8000-{number:012}", Narration="Rent") for number in range(count)
    ]
    answers = []
    for page in range(1, count // 100 + 2):
        told = {"page": page, "pageSize": 100, "pageCount": -(-count // 100) or 1, "itemCount": count + missing}
        more = {"pagination": told} if counted else {}
        answers.append(answer(journals(*rows[(page - 1) * 100 : page * 100], **more)))
    return answers


@pytest.mark.parametrize(
    ("count", "counted", "calls"), [(0, True, 2), (100, True, 2), (100, False, 4), (250, False, 6), (250, True, 6)]
)
def test_every_page_is_read_whether_xero_counts_them_or_not(count: int, calls: int, *, counted: bool) -> None:
    session, script = scripted({LIST: [*pages(count, counted=counted)[: calls // 2] * 2, httpx2.Response(500)]})
    assert session.find(entry()) == []
    assert script.calls().count(LIST) == calls


def test_a_list_that_changed_while_it_was_read_never_says_that_a_journal_is_absent() -> None:
    session, _ = scripted({LIST: pages(250, counted=True, missing=1)})
    with pytest.raises(ConnectorError, match="changed while they were listed"):
        session.find(entry())


@pytest.mark.parametrize(
    "told",
    [
        answer({}, 500),
        answer({"Type": "QueryParseException", "Message": "No property 'Narration'"}, 400),
        httpx2.Response(404, content=GONE.encode()),
        httpx2.Response(200, content=b"<html>"),
        answer({"ManualJournals": None}),
        answer({"Status": "OK"}),
        answer(journals({"Narration": REFERENCE})),
        answer(journals(journal(Narration=["a"]))),
        httpx2.ReadTimeout("slow"),
        httpx2.Response(302, headers={"Location": "https://login.xero.com/"}),
    ],
)
def test_a_look_up_that_fails_never_says_absent(told: object) -> None:
    session, _ = scripted({LIST: told})
    with pytest.raises(ConnectorError):
        session.find(entry())


def test_a_journal_is_read_as_it_stands_now() -> None:
    edited = journal(
        JournalLines=[there(FOOD, 7, Description="Corrected"), there(MEAT, -7), there(MEAT, 0, IsBlank=True)]
    )
    session, _ = scripted({ONE: answer(journals(edited))})
    recorded = session.read(RECEIPT)
    assert recorded is not None
    assert [(line.account.number, line.side.value, str(line.amount), line.memo) for line in recorded.lines] == [
        ("1310", "debit", "7.00", "Corrected"),
        ("5010", "credit", "7.00", ""),
    ]
    assert (recorded.date.isoformat(), recorded.currency, recorded.status) == (
        "2026-10-31",
        "USD",
        ReceiptStatus.POSTED,
    )


@pytest.mark.parametrize(
    ("status", "seen"), [("VOIDED", "void"), ("DELETED", "void"), ("DRAFT", "draft"), ("ARCHIVED", "draft")]
)
def test_a_journal_that_is_not_posted_any_more_is_told_as_such(status: str, seen: str) -> None:
    session, _ = scripted({ONE: answer(journals(journal(Status=status)))})
    recorded = session.read(RECEIPT)
    assert recorded is not None
    assert recorded.status.value == seen


def test_a_journal_is_gone_only_where_xero_itself_says_so() -> None:
    session, _ = scripted({ONE: [httpx2.Response(404, content=GONE.encode()), httpx2.Response(404, content=b"nginx")]})
    assert session.read(RECEIPT) is None
    with pytest.raises(ConnectorError, match="does not find"):
        session.read(RECEIPT)


def test_what_was_changed_is_one_question_in_utc_and_nobody_is_left_out() -> None:
    mine, somebody_elses = journal(), journal(ManualJournalID=OTHER, Narration="Rent", JournalLines=[there(FOOD, 1)])
    session, script = scripted({LIST: answer(journals(mine, somebody_elses))})
    instant = datetime(2026, 11, 2, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    found = list(session.changed_since(instant))
    assert [(receipt.id, receipt.recorded) for receipt in found] == [(JOURNAL, None), (OTHER, None)]
    assert script.asked[-1].headers["If-Modified-Since"] == "2026-11-02T14:30:00"
    assert script.calls() == ["GET /Organisation", LIST]


def test_nothing_changed_may_also_be_a_304() -> None:
    session, _ = scripted({LIST: httpx2.Response(304)})
    assert list(session.changed_since(datetime(2026, 11, 2, tzinfo=UTC))) == []


def test_what_an_organisation_never_changes_is_asked_once() -> None:
    session, script = scripted({LIST: answer(journals()), ONE: answer(journals(journal()))})
    session.find(entry())
    session.read(RECEIPT)
    assert script.calls().count("GET /Organisation") == 1


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (answer("", 429, X_Rate_Limit_Problem="day", Retry_After="600"), TryLater),
        (answer({"Title": "Forbidden", "Status": 403, "Detail": "AuthenticationUnsuccessful"}, 403), ReconnectNeeded),
    ],
)
def test_limits_and_lost_access_are_told_by_every_call_that_reads(
    told: httpx2.Response, kind: type[ConnectorError]
) -> None:
    session, _ = scripted({"GET /Accounts": told, "GET /TrackingCategories": told, "GET /connections": told})
    for read in (session.accounts, session.dimensions, session.companies):
        with pytest.raises(kind):
            read()
