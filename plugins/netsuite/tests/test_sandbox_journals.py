"""Journal entries in the sandbox over SOAP: what is kept, what is refused and in which words, and what the ledger shows."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from hub.testing.clock import VirtualClock
from hub_netsuite.sandbox.entries import MOST_LINES
from plugins.netsuite.tests.sandbox_client import (
    CANADIAN,
    FOOD,
    INACTIVE,
    MEAT,
    RECEIVABLE,
    STATISTICAL,
    Local,
    entry,
    ref,
)


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(folder=tmp_path)


def read(local: Local, *, internal_id: str = "", external_id: str = "") -> list[str]:
    """A journal entry as SOAP reads it back: its lines as text."""
    told = local.soap(f"<m:get>{ref('journalEntry', internal_id=internal_id, external_id=external_id)}</m:get>")
    assert told.succeeded, told.text
    lines = []
    for each in told.find("lineList"):
        side = "debit" if each.find("{*}debit") is not None else "credit"
        key = each.find("{*}account").get("internalId")
        lines.append(f"{'Dr' if side == 'debit' else 'Cr'} {key} {each.find('{*}' + side).text}")
    return lines


def test_a_journal_entry_is_kept_moves_the_books_and_reads_back(local: Local) -> None:
    told = local.add("Dr 203 125.40 department=1 class=1", "Cr 216 100.00 location=2", "Cr 217 25.40")
    assert told.succeeded
    assert told.find("baseRef").attrib.values()[1:] == [told.key, "IA0000000001", "journalEntry"]
    assert read(local, external_id="ia0000000001") == ["Dr 203 125.40", "Cr 216 100.00", "Cr 217 25.40"]
    assert (local.balance("1310"), local.balance("5010"), local.balance("5020")) == ("125.40", "-100.00", "-25.40")
    (journal,) = local.ledger()["journals"]
    assert (journal["reference"], journal["date"], journal["status"]) == (
        "IA0000000001",
        "2026-10-31",
        "Approved for Posting",
    )
    page = local.bare.get("/app/accounting/transactions/journal.nl", params={"id": told.key})
    assert page.status_code == 200
    for word in ("Journal IA0000000001", "Food Inventory", "125.40"):
        assert word in page.text
    assert local.bare.get("/app/accounting/transactions/journal.nl", params={"id": "1"}).status_code == 404


def test_an_external_id_is_used_once_whatever_its_case(local: Local) -> None:
    assert local.add(external_id="IA7K2Q9XM4B").succeeded
    again = local.add(external_id="ia7k2q9xm4b")
    assert (again.status_code, again.succeeded, again.codes) == (200, False, ["DUP_RCRD"])
    assert again.message == "This record already exists"
    assert len(local.ledger()["journals"]) == 1
    assert local.add(external_id="").succeeded
    assert local.add(external_id="").succeeded


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, str], str, str]] = {
    "no subsidiary": ((), {"subsidiary": ""}, "USER_ERROR", "Please enter a value for subsidiary"),
    "unknown subsidiary": ((), {"subsidiary": "9"}, "INVALID_KEY_OR_REF", "Invalid subsidiary reference key 9."),
    "account of another subsidiary": (
        (f"Dr {CANADIAN} 1.00", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        f"Invalid account reference key {CANADIAN} for subsidiary 1.",
    ),
    "unknown account": (
        ("Dr 999 1.00", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        "Invalid account reference key 999 for subsidiary 1.",
    ),
    "inactive account": (
        (f"Dr {INACTIVE} 1.00", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        f"Invalid account reference key {INACTIVE} for subsidiary 1.",
    ),
    "statistical account": (
        (f"Dr {STATISTICAL} 1.00", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        f"Invalid account reference key {STATISTICAL} for subsidiary 1.",
    ),
    "department of another subsidiary": (
        (f"Dr {FOOD} 1.00 department=3", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        "Invalid department reference key 3 for subsidiary 1.",
    ),
    "location of another subsidiary": (
        (f"Dr {FOOD} 1.00 location=4", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_KEY_OR_REF",
        "Invalid location reference key 4 for subsidiary 1.",
    ),
    "class that is not there": (
        (),
        {"class": "8"},
        "INVALID_KEY_OR_REF",
        "Invalid class reference key 8 for subsidiary 1.",
    ),
    "currency of another subsidiary": (
        (),
        {"currency": "2"},
        "INVALID_KEY_OR_REF",
        "Invalid currency reference key 2 for subsidiary 1.",
    ),
    "receivables without a name": (
        (f"Dr {RECEIVABLE} 1.00", f"Cr {MEAT} 1.00"),
        {},
        "USER_ERROR",
        "Please enter value(s) for: Name",
    ),
    "unbalanced": (
        (f"Dr {FOOD} 1.00", f"Cr {MEAT} 1.01"),
        {},
        "JE_AMOUNTS_MUST_BALANCE",
        "The amounts in a journal entry must balance. (Debits 1.00, credits 1.01)",
    ),
    "one line": ((f"Dr {FOOD} 1.00",), {}, "USER_ERROR", "You must enter at least two lines for this transaction."),
    "debits only": (
        (f"Dr {FOOD} 1.00", f"Dr {MEAT} 1.00"),
        {},
        "USER_ERROR",
        "You must enter at least two lines for this transaction.",
    ),
    "zero line": (
        (f"Dr {FOOD} 0.00", f"Cr {MEAT} 0.00"),
        {},
        "JE_LINE_MISSING_REQD_DATA",
        "A line needs either a debit or a credit.",
    ),
    "part of a cent": (
        (f"Dr {FOOD} 1.005", f"Cr {MEAT} 1.005"),
        {},
        "INVALID_AMT",
        "Invalid amount 1.005 in USD.",
    ),
    "negative": (
        (f"Dr {FOOD} -1.00", f"Cr {MEAT} 1.00"),
        {},
        "INVALID_AMT",
        "Invalid amount -1.00: it must not be negative.",
    ),
    "no number": ((f"Dr {FOOD} INF", f"Cr {MEAT} 1.00"), {}, "INVALID_AMT", "Invalid amount INF in USD."),
    "no period": (
        (),
        {"tranDate": "2031-01-01T12:00:00-08:00"},
        "INVALID_PERIOD",
        "There is no accounting period for 2031-01-01.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_rules_of_journal_entries_refuse_is_not_kept(local: Local, case: str) -> None:
    lines, told, code, message = REFUSED[case]
    refused = local.add(*lines, **told)
    assert (refused.status_code, refused.succeeded) == (200, False)
    assert (refused.codes, refused.message) == ([code], message)
    assert refused.find("baseRef") is None
    assert local.ledger()["journals"] == []


def test_a_thousand_lines_are_taken_and_not_one_more(local: Local) -> None:
    lines = [f"Dr {FOOD} 1.00", f"Cr {MEAT} 1.00"] * (MOST_LINES // 2)
    assert local.add(*lines).succeeded
    more = local.add(*lines, f"Dr {FOOD} 1.00", external_id="MORE")
    assert more.codes == ["EXCEEDED_MAX_TRANS_LINES"]
    assert local.balance("1310") == "500.00"


def test_a_closed_month_takes_nothing_and_which_code_says_so_can_be_chosen(local: Local) -> None:
    kept = local.add()
    local.faults(closed_through="2026-10-31")
    refused = local.add(external_id="CLOSED")
    assert refused.codes == ["TRAN_PRD_CLOSED"]
    assert "closed period (Oct 2026)" in refused.message
    local.faults(closed_period_code="USER_ERROR")
    deleted = local.soap(f"<m:delete>{ref('journalEntry', internal_id=kept.key)}</m:delete>")
    assert deleted.codes == ["USER_ERROR"]
    assert local.add(external_id="OPEN", tranDate="2026-11-01T12:00:00-07:00").succeeded
    local.faults(closed_through=None)
    assert local.add(external_id="CLOSED").succeeded


@pytest.mark.parametrize(
    ("zone", "sent", "day"),
    [
        ("America/Los_Angeles", "2026-10-31T00:00:00-07:00", "2026-10-31"),
        ("America/Los_Angeles", "2026-10-31T00:00:00", "2026-10-31"),
        ("America/Los_Angeles", "2026-10-31T00:00:00Z", "2026-10-30"),
        ("Pacific/Honolulu", "2026-10-31T00:00:00-07:00", "2026-10-30"),
        ("Pacific/Honolulu", "2026-10-31T12:00:00-07:00", "2026-10-31"),
        ("Europe/Berlin", "2026-10-31T12:00:00-07:00", "2026-10-31"),
        ("Europe/Berlin", "2026-10-31T23:00:00-07:00", "2026-11-01"),
        ("Asia/Tokyo", "2026-10-31T12:00:00-07:00", "2026-11-01"),
    ],
)
def test_a_date_is_cut_off_in_the_time_zone_of_the_user(local: Local, zone: str, sent: str, day: str) -> None:
    local.faults(user_time_zone=zone)
    told = local.add(tranDate=sent)
    assert told.succeeded
    assert [each["date"] for each in local.ledger()["journals"]] == [day]


def test_a_date_reads_back_as_midnight_in_pacific_time(local: Local) -> None:
    key = local.add().key
    told = local.soap(f"<m:get>{ref('journalEntry', internal_id=key)}</m:get>")
    assert told.texts("tranDate") == ["2026-10-31T00:00:00.000-07:00"]
    local.faults(user_time_zone="Europe/Berlin")
    told = local.soap(f"<m:get>{ref('journalEntry', internal_id=key)}</m:get>")
    assert told.texts("tranDate") == ["2026-10-30T16:00:00.000-07:00"]


def test_a_date_without_a_time_cannot_be_read(local: Local) -> None:
    told = local.add(tranDate="2026-10-31")
    assert (told.status_code, told.texts("faultstring")) == (
        500,
        ["org.xml.sax.SAXException: 2026-10-31 is not a valid dateTime"],
    )


def test_a_date_outside_its_period_is_refused(local: Local) -> None:
    record = entry().replace("<g:tranDate>", '<g:postingPeriod internalId="120"/><g:tranDate>')
    assert local.soap(f"<m:add>{record}</m:add>").codes == ["DATE_PRD_MISMATCH"]


def test_upsert_changes_what_is_there_and_takes_only_an_external_id(local: Local) -> None:
    first = local.soap(f"<m:upsert>{entry()}</m:upsert>")
    second = local.soap(f"<m:upsert>{entry('Dr 203 7.00', 'Cr 216 7.00')}</m:upsert>")
    assert (first.key, local.balance("1310")) == (second.key, "7.00")
    by_id = local.soap(f"<m:upsert>{entry(internal_id=first.key)}</m:upsert>")
    assert by_id.message == "You cannot set internalId with upsert."
    without = local.soap(f"<m:upsert>{entry(external_id='')}</m:upsert>")
    assert without.codes == ["EXTERNALID_REQD"]


def test_a_list_is_kept_record_by_record(local: Local) -> None:
    good, bad = entry(external_id="A"), entry("Dr 203 1.00", "Cr 216 2.00", external_id="B")
    told = local.soap(f"<m:upsertList>{good}{bad}</m:upsertList>")
    assert [each.get("isSuccess") for each in told.all("status")] == ["true", "true", "false"]
    assert [each["reference"] for each in local.ledger()["journals"]] == ["A"]
    too_many = local.soap(f"<m:upsertList>{good * 101}</m:upsertList>")
    assert (too_many.status_code, too_many.codes) == (500, ["MAX_RCRDS_EXCEEDED"])


def test_update_replaces_all_lines_or_some_and_keeps_what_is_not_told(local: Local) -> None:
    key = local.add().key
    record = f'<m:record xsi:type="g:JournalEntry" internalId="{key}">'
    one = '<g:lineList replaceAll="false"><g:line><g:account internalId="217"/><g:line>2</g:line></g:line></g:lineList>'
    assert local.soap(f"<m:update>{record}{one}</m:record></m:update>").succeeded
    assert read(local, internal_id=key) == ["Dr 203 125.40", "Cr 217 125.40"]
    cleared = "<c:nullFieldList><c:name>memo</c:name></c:nullFieldList>"
    told = local.soap(f"<m:update>{record}{cleared}</m:record></m:update>")
    assert told.succeeded
    assert local.soap(f"<m:get>{ref('journalEntry', internal_id=key)}</m:get>").find("memo") is None
    moved = f'{record}<g:subsidiary internalId="2"/></m:record>'
    assert local.soap(f"<m:update>{moved}</m:update>").codes == ["SUBSIDIARY_CHANGE_NOT_ALLOWED"]
    nobody = '<m:record xsi:type="g:JournalEntry" internalId="1"><g:memo>x</g:memo></m:record>'
    assert local.soap(f"<m:update>{nobody}</m:update>").codes == ["RCRD_DSNT_EXIST"]


def test_what_is_deleted_is_gone_and_its_external_id_free(local: Local) -> None:
    local.add()
    gone = local.soap(f"<m:delete>{ref('journalEntry', external_id='ia0000000001')}</m:delete>")
    assert gone.succeeded
    assert local.ledger()["journals"] == []
    assert local.soap(f"<m:delete>{ref('journalEntry', internal_id=gone.key)}</m:delete>").codes == ["RCRD_DSNT_EXIST"]
    assert local.add().key != gone.key


def test_a_script_that_fails_after_the_record_was_kept_says_so_in_both_spellings(local: Local) -> None:
    for fault, spelling, place in (
        ("after_submit_failed", "afterSubmitFailed", 2),
        ("after_submit_failed_lower", "aftersubmitFailed", 0),
    ):
        local.faults(fault=fault)
        told = local.add(external_id=fault)
        assert (told.status_code, told.succeeded) == (200, False)
        details = [each.tag.rpartition("}")[2] for each in told.find("statusDetail")]
        assert details[place] == spelling
        assert told.find(spelling).text == "true"
        assert told.key in {each["id"] for each in local.ledger()["journals"]}


def test_an_answer_that_is_lost_leaves_the_record_and_one_that_is_late_comes_later(local: Local) -> None:
    local.faults(fault="lost_answer")
    with pytest.raises(httpx2.RemoteProtocolError):
        local.add(external_id="LOST")
    assert [each["reference"] for each in local.ledger()["journals"]] == ["LOST"]
    for external_id in ("LATE", "LOST"):  # the second is refused when its time has come, and nobody hears of it
        local.faults(fault="late_commit", seconds=60)
        with pytest.raises(httpx2.RemoteProtocolError):
            local.add(external_id=external_id)
    assert len(local.ledger()["journals"]) == 1
    local.clock.advance(60)
    assert [each["reference"] for each in local.ledger()["journals"]] == ["LOST", "LATE"]
    local.faults(fault="server_error_after")
    assert local.add(external_id="AFTER").codes == ["UNEXPECTED_ERROR"]
    assert len(local.ledger()["journals"]) == 3


def test_a_warning_comes_with_success_unless_it_is_to_be_an_error(local: Local) -> None:
    local.faults(fault="warn", times=2)
    told = local.add()
    assert told.succeeded
    assert told.find("statusDetail").get("type") == "WARN"
    strict = "<m:preferences><m:warningAsError>true</m:warningAsError></m:preferences>"
    refused = local.soap(f"<m:add>{entry(external_id='B')}</m:add>", preferences=strict)
    assert not refused.succeeded
    assert len(local.ledger()["journals"]) == 1


def test_where_approval_is_required_an_entry_waits_for_it(local: Local) -> None:
    local.faults(require_approvals=True)
    waiting = local.add(external_id="A").key
    told = local.soap(f"<m:get>{ref('journalEntry', internal_id=waiting)}</m:get>")
    assert (told.texts("approved"), local.balance("1310")) == (["false"], "0.00")
    assert local.add(external_id="B", approved="true").succeeded
    assert local.balance("1310") == "125.40"
    local.faults(denied_permissions=["Transactions -> Journal Approval"])
    assert local.add(external_id="C", approved="true").succeeded
    statuses = [each["status"] for each in local.ledger()["journals"]]
    assert statuses == ["Pending Approval", "Approved for Posting", "Pending Approval"]
    local.faults(approve_journals=[waiting])
    assert local.balance("1310") == "250.80"


def test_amounts_may_be_kept_changed_and_people_change_and_delete_entries(local: Local) -> None:
    local.faults(fault="changed_amounts")
    key = local.add().key
    assert local.balance("1310") == "125.41"
    local.faults(edit_journals=[key])
    assert (local.balance("1310"), local.balance("5010")) == ("125.42", "-125.42")
    local.faults(delete_journals=[key])
    assert local.balance("1310") == "0.00"


def test_subsidiaries_with_another_currency_have_books_of_their_own(local: Local) -> None:
    assert local.add(f"Dr {CANADIAN} 9.99", f"Cr {MEAT} 9.99", subsidiary="3", external_id="CA").succeeded
    assert local.add(subsidiary="2", external_id="WEST").succeeded
    assert [each["reference"] for each in local.ledger()["journals"]] == ["WEST"]
    canadian = local.ledger("1234567_SB1/CAD")
    assert (canadian["currency"], [each["reference"] for each in canadian["journals"]]) == ("CAD", ["CA"])
    local.faults(role_subsidiaries=["1"])
    assert local.add(subsidiary="2", external_id="OUT").message == "Invalid subsidiary reference key 2."


def test_an_account_without_subsidiaries_knows_no_such_field(local: Local) -> None:
    local.faults(one_world=False)
    assert local.add(external_id="WITH").codes == ["INVALID_KEY_OR_REF"]
    made = local.add(external_id="WITHOUT", subsidiary="")
    assert made.succeeded
    told = local.soap(f"<m:get>{ref('journalEntry', internal_id=made.key)}</m:get>")
    assert told.find("subsidiary") is None


@pytest.mark.parametrize(
    "inside",
    [
        "<g:approvalStatus>2</g:approvalStatus>",
        "<m:memo>x</m:memo>",
        "<g:approved>yes</g:approved>",
        "<g:lineList><g:line><g:amount>1.00</g:amount></g:line></g:lineList>",
    ],
)
def test_what_the_schema_does_not_have_stops_the_whole_message(local: Local, inside: str) -> None:
    told = local.soap(f'<m:add><m:record xsi:type="g:JournalEntry">{inside}</m:record></m:add>')
    assert (told.status_code, told.texts("faultstring")[0][:24]) == (500, "org.xml.sax.SAXException")


def test_what_the_sandbox_does_not_keep_is_refused_and_never_dropped(local: Local) -> None:
    reversed_ = entry().replace("<g:subsidiary", "<g:reversalDate>2026-11-01T00:00:00</g:reversalDate><g:subsidiary")
    custom = (
        '<c:customField xsi:type="c:StringCustomFieldRef" scriptId="custbody_x"><c:value>1</c:value></c:customField>'
    )
    fielded = entry().replace("</m:record>", f"<g:customFieldList>{custom}</g:customFieldList></m:record>")
    vendor = '<m:record xsi:type="a:Vendor"/>'
    for record, code in ((reversed_, "USER_ERROR"), (fielded, "INVALID_KEY_OR_REF"), (vendor, "INVALID_RCRD_TYPE")):
        assert local.soap(f"<m:add>{record}</m:add>").codes == [code]
    assert local.ledger()["journals"] == []


def test_journal_entries_outlast_the_process_with_their_ids(tmp_path: Path) -> None:
    clock = VirtualClock()
    first = Local(clock, folder=tmp_path)
    key = first.add("Dr 203 125.40 department=1", "Cr 216 125.40").key
    gone = first.add(external_id="GONE").key
    first.faults(delete_journals=[gone])
    second = Local(clock, folder=tmp_path)
    assert second.ledger() == first.ledger()
    assert read(second, external_id="IA0000000001") == ["Dr 203 125.40", "Cr 216 125.40"]
    assert second.add().codes == ["DUP_RCRD"]
    assert int(second.add(external_id="NEXT").key) > int(gone) > int(key)
