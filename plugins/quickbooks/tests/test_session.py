"""What the connector reads and posts, against the sandbox."""

from __future__ import annotations

import json
from collections import Counter as Tally
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hub.api import (
    Account,
    AccountKind,
    AccountMissing,
    Company,
    ConnectorError,
    EntryRejected,
    OutcomeUnknown,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    Side,
    TryLater,
)
from hub.domain.comparing import differences
from hub.plugins import load
from hub_quickbooks.sandbox.sample import RESTAURANT, SIMPLE
from plugins.quickbooks.tests.counter import BASE, KEY, REFERENCE, WORKED, Counter, codes, journal


def paths(counter: Counter) -> list[str]:
    return [f"{request.method} {request.url.path.rsplit('/', 1)[-1]}" for request in counter.network.requests]


def test_the_plugin_is_found_through_its_entry_point_with_its_sandbox() -> None:
    registry = load()
    assert registry.connectors["quickbooks"].distribution == "inventory-hub-quickbooks"
    assert registry.connector("quickbooks").info.environments == ("production", "sandbox", "local")
    assert registry.sandboxes["quickbooks"].sandbox.credentials(BASE)["company_id"] == RESTAURANT


def test_a_journal_is_posted_with_one_write_and_no_read(counter: Counter) -> None:
    receipt = counter.session().post(journal())
    assert paths(counter) == ["POST journalentry"]
    assert (receipt.id, receipt.number, receipt.status) == ("145", REFERENCE, ReceiptStatus.POSTED)
    assert receipt.url == f"{BASE}/app/journal?txnId=145"
    assert receipt.recorded is not None
    assert differences(journal(), receipt.recorded) == ()
    balances = counter.company.books.trial_balance()
    assert (balances["101"], balances["121"]) == (512005 - 481237, 481237 - 512005)


def test_what_is_sent_has_the_key_the_minor_version_and_exact_amounts(counter: Counter) -> None:
    entry = journal('Dr 121 0.10 | a\nDr 121 1,234,567.80\nCr 101 1,234,567.90 | "b" \\ é \U0001f600')
    counter.session().post(entry)
    (request,) = counter.network.requests
    assert dict(request.url.params) == {"minorversion": "75", "requestid": KEY}
    assert b'"Amount":0.10,' in request.content
    assert b'"Amount":1234567.80,' in request.content
    told = json.loads(request.content, parse_float=Decimal)
    assert [line["Amount"] for line in told["Line"]] == [Decimal("0.10"), Decimal("1234567.80"), Decimal("1234567.90")]
    assert told["Line"][2]["Description"] == '"b" \\ é \U0001f600'
    assert {name: told[name] for name in ("DocNumber", "TxnDate", "PrivateNote", "CurrencyRef")} == {
        "DocNumber": REFERENCE,
        "TxnDate": "2026-10-31",
        "PrivateNote": "Inventory adjustments 2026-10-31",
        "CurrencyRef": {"value": "USD"},
    }


def test_every_attempt_sends_the_same_bytes_and_is_answered_with_the_same_journal(counter: Counter) -> None:
    first, again = counter.session().post(journal()), counter.session().post(journal())
    one, two = counter.network.requests
    assert (one.url, one.content, first.id) == (two.url, two.content, again.id)
    assert counter.journals() == [REFERENCE]


def test_the_chart_has_kinds_numbers_inactive_accounts_and_reasons_why_not(counter: Counter) -> None:
    chart = {account.id: account for account in counter.session().accounts()}
    assert chart["101"] == Account(id="101", number="1310", name="Inventory Asset:Food", kind=AccountKind.ASSET)
    assert (chart["80"].kind, chart["79"].kind, chart["33"].kind) == (
        AccountKind.COGS,
        AccountKind.INCOME,
        AccountKind.LIABILITY,
    )
    assert not chart["107"].active
    assert "customer" in chart["84"].why_not_postable
    assert "vendor" in chart["33"].why_not_postable
    assert "outside the general ledger" in chart["140"].why_not_postable
    assert chart["35"].why_not_postable == ""


def test_a_chart_of_several_pages_is_read_whole(counter: Counter) -> None:
    like = counter.company.accounts["131"]
    for number in range(1000, 2100):
        counter.company.put_account({**like, "Id": str(number), "FullyQualifiedName": f"More {number}"})
    chart = list(counter.session().accounts())
    assert len({account.id for account in chart}) == len(chart) == len(counter.company.accounts) > 1100
    assert paths(counter) == ["GET query"] * 2


def test_an_account_in_another_currency_says_so(counter: Counter) -> None:
    session = counter.session(company=Company(id=RESTAURANT, name="Books", currency="CAD"), currency="CAD")
    chart = {account.id: account for account in session.accounts()}
    assert chart["101"].why_not_postable == "It is kept in USD, and the books in CAD."


def test_locations_and_classes_are_dimensions_where_they_are_tracked(counter: Counter) -> None:
    location, class_ = counter.session().dimensions()
    assert (location.name, location.label, location.required) == ("location", "Location", False)
    assert [(value.id, value.name) for value in class_.values or ()][1] == ("5000000000000142241", "Downtown")
    counter.company.choices.locations = counter.company.choices.classes = False
    assert counter.session().dimensions() == ()


def test_a_line_carries_its_location_and_class_by_their_ids(counter: Counter) -> None:
    counter.session().post(journal(dimensions={"class": "Downtown", "location": "Harborside"}))
    detail = json.loads(counter.network.requests[-1].content)["Line"][0]["JournalEntryLineDetail"]
    assert (detail["ClassRef"], detail["DepartmentRef"]) == ({"value": "5000000000000142241"}, {"value": "3"})
    (stored,) = counter.company.journals.values()
    assert stored["Line"][0]["JournalEntryLineDetail"]["DepartmentRef"]["name"] == "Harborside"


def test_nothing_is_read_before_a_write_where_a_preview_read_it(counter: Counter) -> None:
    entry = journal(dimensions={"class": "Downtown"})
    assert counter.session().preflight(entry) == ()
    counter.network.calls.clear()
    counter.session().post(entry)
    assert paths(counter) == ["POST journalentry"]
    assert counter.session().preflight(entry) == ()
    assert paths(counter) == ["POST journalentry"]


def test_a_class_that_is_not_there_is_refused_before_anything_is_sent(counter: Counter) -> None:
    with pytest.raises(EntryRejected, match="class Nowhere does not exist"):
        counter.session().post(journal(dimensions={"class": "Nowhere"}))
    assert counter.journals() == []


def test_accounts_without_an_id_are_found_by_number_or_name(counter: Counter) -> None:
    debit, credit = journal("Dr 121 1\nCr 101 1").lines
    by_number = replace(debit, account=Account(number="5010", name="Meat"))
    by_name = replace(credit, account=Account(name="Inventory Asset:Food"))
    receipt = counter.session().post(journal(lines=(by_number, by_name)))
    assert receipt.recorded is not None
    assert [line.account.id for line in receipt.recorded.lines] == ["121", "101"]
    with pytest.raises(AccountMissing, match="9999"):
        counter.session().post(journal(lines=(replace(debit, account=Account(number="9999")), credit)))
    assert len(counter.journals()) == 1


def test_a_question_that_fails_before_a_write_means_that_nothing_was_written(counter: Counter) -> None:
    counter.plan(fault="server_error_before", on="read")
    with pytest.raises(TryLater):
        counter.session().post(journal(dimensions={"class": "Downtown"}))
    assert counter.journals() == []


def test_it_is_found_by_its_number_all_of_them_and_by_nothing_like_it(counter: Counter) -> None:
    entry = journal()
    assert counter.session().find(entry) == []
    counter.session().post(entry)
    counter.session().post(journal(key="f" * 32))
    counter.session().post(journal(key="e" * 32, reference="IA7K2Q9XM4C"))
    found = counter.session().find(entry)
    assert [receipt.number for receipt in found] == [REFERENCE, REFERENCE]
    assert all(receipt.recorded is not None and not differences(entry, receipt.recorded) for receipt in found)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"DocNumber": "ADJ-7"}, True),
        ({"DocNumber": None}, True),
        ({"DocNumber": "IA7K2Q9XM4C"}, False),  # another posting of the hub's
        ({"DocNumber": "ADJ-7", "PrivateNote": "Adjusted"}, False),
        ({"DocNumber": "ADJ-7", "TxnDate": "2026-10-30"}, False),
    ],
)
def test_a_journal_that_was_given_another_number_is_found_by_its_date_memo_and_lines(
    counter: Counter,
    change: dict[str, str | None],
    found: bool,  # noqa: FBT001 - drawn
) -> None:
    posted = counter.session().post(journal())
    changed = {"Id": posted.id, "SyncToken": "0", "sparse": True, **change}
    assert counter.raw("POST", "journalentry", json=changed).status_code == 200
    assert [receipt.id for receipt in counter.session().find(journal())] == ([posted.id] if found else [])


def test_a_journal_of_other_lines_is_another_journal(counter: Counter) -> None:
    counter.session().post(journal())
    changed = {"Id": "145", "SyncToken": "0", "sparse": True, "DocNumber": "ADJ-7"}
    counter.raw("POST", "journalentry", json=changed)
    assert counter.session().find(journal(WORKED.replace("5,120.05", "5,120.06"))) == []


def test_a_journal_is_read_as_it_stands_and_gone_when_it_was_deleted(counter: Counter) -> None:
    receipt = counter.session().post(journal())
    lines = [
        {"DetailType": "DescriptionOnly", "Description": "Moved by Kim"},
        *(
            {
                "DetailType": "JournalEntryLineDetail",
                "Amount": 7,
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
            }
            for side, account in (("Debit", "121"), ("Credit", "105"))
        ),
    ]
    counter.raw("POST", "journalentry", json={"Id": receipt.id, "SyncToken": "0", "sparse": True, "Line": lines})
    recorded = counter.session().read(receipt)
    assert recorded is not None
    assert [(line.account.id, line.side, line.amount) for line in recorded.lines] == [
        ("121", Side.DEBIT, 7),
        ("105", Side.CREDIT, 7),
    ]
    counter.raw("POST", "journalentry?operation=delete", json={"Id": receipt.id, "SyncToken": "1"})
    assert counter.session().read(receipt) is None


def test_what_changed_is_told_in_one_call_deleted_journals_too(counter: Counter) -> None:
    session = counter.session()
    kept, deleted, old = (session.post(journal(key=f"{n}" * 32, reference=f"IA{n}AAAAAAAA")) for n in "123")
    counter.clock.advance(1800)
    since = counter.clock.now()
    counter.raw("POST", "journalentry?operation=delete", json={"Id": deleted.id, "SyncToken": "0"})
    counter.raw("POST", "journalentry", json={"Id": kept.id, "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    counter.network.calls.clear()
    told = {receipt.id: receipt.status for receipt in session.changed_since(since)}
    assert told == {kept.id: ReceiptStatus.POSTED, deleted.id: ReceiptStatus.VOID}
    assert old.id not in told
    assert paths(counter) == ["GET cdc"]


def test_what_changed_before_the_vendors_memory_is_searched_for(counter: Counter) -> None:
    posted = counter.session().post(journal())
    counter.clock.advance(40 * 86_400)
    counter.token = counter.site.tokens.grant(("com.intuit.quickbooks.accounting",), (RESTAURANT,)).access
    told = counter.session().changed_since(counter.clock.now() - timedelta(days=41))
    assert [receipt.id for receipt in told] == [posted.id]
    assert paths(counter)[-2:] == ["GET cdc", "GET query"]


def test_it_names_the_company_of_the_sign_in(counter: Counter) -> None:
    (company,) = counter.session(company=None).companies()
    assert company == Company(id=RESTAURANT, name="Sandbox Restaurants US", currency="USD")


def test_without_a_sign_in_or_a_client_nothing_is_opened(counter: Counter) -> None:
    with pytest.raises(ReconnectNeeded):
        counter.session(company=None, signed_in={})
    with pytest.raises(ConnectorError, match="no way to reach"):
        counter.session(client=None)


def test_a_sign_in_to_another_company_is_found_before_and_posts_nowhere(counter: Counter) -> None:
    counter.token = counter.site.tokens.grant(("com.intuit.quickbooks.accounting",), (SIMPLE,)).access
    session = counter.session(signed_in={"realmId": SIMPLE})
    assert codes(session.preflight(journal())) == ["wrong_company"]
    with pytest.raises(ReconnectNeeded) as caught:
        session.post(journal())
    assert caught.value.code == "3100"
    assert all(not company.journals for company in counter.site.companies.values())


def test_another_journal_in_the_answer_is_not_taken_for_this_one(counter: Counter) -> None:
    counter.session().post(journal(reference="IA7K2Q9XM4C"))
    with pytest.raises(OutcomeUnknown, match="another journal") as caught:  # the key was used for another one
        counter.session().post(journal())
    assert caught.value.request_id.startswith("1-")


def test_long_memos_are_cut_to_what_fits_and_the_bookkeeper_told(counter: Counter) -> None:
    entry = journal(memo="m" * 4001)
    assert codes(counter.session().preflight(entry)) == ["text_altered"]
    counter.session().post(entry)
    (stored,) = counter.company.journals.values()
    assert len(stored["PrivateNote"]) == 4000


def test_everything_is_found_at_once_by_line(counter: Counter) -> None:
    counter.plan(closed_through="2026-10-31")
    entry = journal(
        "Dr 999 1\nDr 107 1\nDr 84 1\nDr 140 1\nDr 121 99,999,999,999\nCr 101 100,000,000,003",
        dimensions={"class": "Nowhere", "project": "X"},
        currency="CAD",
    )
    found = counter.session().preflight(entry)
    assert Tally(codes(found)) == {
        "period_closed": 1,
        "currency_mismatch": 1,
        "account_missing": 1,
        "account_inactive": 1,
        "account_not_postable": 2,
        "amount_too_large": 2,
        "dimension_missing": 2,
    }
    assert [problem.where.line for problem in found if problem.code.startswith("account_")] == [1, 2, 3, 4]
    assert all(problem.message and problem.fix for problem in found)
    assert counter.journals() == []


def test_more_lines_than_the_connection_takes_are_a_problem() -> None:
    counter = Counter(max_lines=3)
    assert codes(counter.session().preflight(journal())) == ["too_many_lines"]
    assert counter.connector.limits(counter.settings).lines_per_entry == 3


def test_a_problem_is_never_told_from_what_was_read_before(counter: Counter) -> None:
    counter.plan(closed_through="2026-10-31")
    session = counter.session()
    assert codes(session.preflight(journal())) == ["period_closed"]
    counter.plan(closed_through="2026-09-30")
    assert session.preflight(journal()) == ()


def test_what_was_read_is_old_after_five_minutes_and_another_companys_is_never_used(counter: Counter) -> None:
    counter.session().preflight(journal())
    counter.plan(closed_through="2026-10-31")
    assert counter.session().preflight(journal()) == ()
    counter.clock.advance(300)
    assert codes(counter.session().preflight(journal())) == ["period_closed"]
    counter.token = counter.site.tokens.grant(("com.intuit.quickbooks.accounting",), (SIMPLE,)).access
    simple = counter.session(company=Company(id=SIMPLE, name="Cafe"), signed_in={"realmId": SIMPLE})
    assert "account_missing" in codes(simple.preflight(journal()))


def test_a_reply_of_nonsense_to_a_question_is_an_error_and_never_none(counter: Counter) -> None:
    for body in (
        "<html>",
        "[]",
        "{}",
        '{"QueryResponse":{"JournalEntry":7}}',
        '{"QueryResponse":{"JournalEntry":[{}]}}',
    ):
        counter.plan(fault="garbage", on="read", body=body)
        with pytest.raises(ConnectorError):
            counter.session().find(journal())


def test_a_receipts_id_goes_into_the_path_as_text(counter: Counter) -> None:
    hostile = Receipt(id="1/../../x?y", status=ReceiptStatus.POSTED)
    with pytest.raises(ConnectorError):
        counter.session().read(hostile)
    path = counter.network.requests[-1].url.raw_path.decode()
    assert path == f"/v3/company/{RESTAURANT}/journalentry/1%2F..%2F..%2Fx%3Fy?minorversion=75"


def test_dates_are_days_and_not_instants(counter: Counter) -> None:
    recorded = counter.session().post(journal(date=date(2026, 2, 28))).recorded
    assert recorded is not None
    assert recorded.date == date(2026, 2, 28)
