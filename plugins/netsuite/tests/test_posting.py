"""A journal is added once, under a key that NetSuite keeps: over both interfaces, whatever the answer looks like."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import httpx2
import pytest
from lxml import etree

from hub.api import (
    Account,
    AccountMissing,
    EntryRejected,
    OutcomeUnknown,
    ReceiptStatus,
    ReconnectNeeded,
    TryLater,
)
from hub.domain.comparing import differences
from plugins.netsuite.tests import journals as told
from plugins.netsuite.tests.journals import (
    ABSENT,
    ADD,
    CURRENCIES,
    FOOD,
    GET,
    GET_BY_KEY,
    JOURNAL,
    KEY,
    MEAT,
    REST_ABSENT,
    Script,
    Scripted,
    created,
    details,
    entry,
    envelope,
    fault,
    journal,
    line,
    read,
    refused,
    rest_journal,
    scripted,
    status,
    written,
)

LISTS = ("getAll", "search Subsidiary", "query currency", "query subsidiary")
SOAP, REST = "soap", "rest"


def calls(script: Scripted) -> list[str]:
    """What was asked, but for the lists that name things."""
    return [name for name in script.calls() if name not in LISTS]


def answers(transport: str, add: Script, *, there: bool = True, by_key: bool = False) -> dict[str, Script]:
    """A script of one interface: the answer to the journal, and whether it is there when it is read."""
    if transport == SOAP:
        return {"add": add, "get": read() if there else ABSENT}
    return {ADD: add, GET_BY_KEY if by_key else GET: rest_journal() if there else REST_ABSENT}


GOOD: dict[str, Script] = {SOAP: written(), REST: created()}
DUPLICATE: dict[str, Script] = {
    SOAP: refused("DUP_RCRD", "This record already exists"),
    REST: details(400, "USER_ERROR", "Error while accessing a resource. This record already exists."),
}
CLOSED: dict[str, Script] = {
    SOAP: refused("USER_ERROR", "The posting period for this date is closed."),
    REST: details(400, "USER_ERROR", "Error while accessing a resource. The posting period for this date is closed."),
}
BY_SCRIPT: dict[str, Script] = {
    SOAP: refused("SSS_TIME_LIMIT_EXCEEDED", "Script Execution Time Exceeded."),
    REST: details(400, "USER_ERROR", "Error while accessing a resource. Our own script says no."),
}
EACH = pytest.mark.parametrize("transport", [SOAP, REST])


@EACH
def test_a_journal_is_added_and_read_back_with_its_number_and_link(transport: str) -> None:
    session, script = scripted(answers(transport, GOOD[transport]), transport=transport)
    receipt = session.post(entry())
    assert (receipt.id, receipt.number, receipt.status) == (JOURNAL, "JE117", ReceiptStatus.POSTED)
    assert receipt.url == "https://1234567-sb1.app.netsuite.com/app/accounting/transactions/journal.nl?id=8801"
    assert receipt.recorded is not None
    assert differences(entry(), receipt.recorded) == ()
    assert calls(script) == (["add", "get"] if transport == SOAP else [ADD, GET])


def test_over_soap_the_journal_carries_key_reference_date_subsidiary_currency_and_exact_amounts() -> None:
    session, script = scripted(answers(SOAP, written()))
    session.post(entry())
    sent = next(each for each in script.asked if each.headers["SOAPAction"] == '"add"')
    assert sent.url.path == "/services/NetSuitePort_2023_2"
    (record,) = etree.fromstring(sent.content).iter("{*}record")
    assert record.get("externalId") == KEY.upper()
    assert record.findtext("{*}tranDate") == "2026-10-31T00:00:00.000-07:00"
    assert record.findtext("{*}memo") == "IA7K2Q9XM4B Inventory adjustments 2026-10-31"
    assert [record.find(f"{{*}}{name}").get("internalId") for name in ("currency", "subsidiary")] == ["1", "3"]
    assert [each.text for each in record.iter("{*}debit", "{*}credit")] == ["5120.05", "5120.05"]
    assert record.find("{*}approved") is None


def test_over_rest_the_journal_carries_the_same() -> None:
    session, script = scripted(answers(REST, created()), transport=REST, approve=True)
    session.post(entry())
    sent = next(each for each in script.asked if each.url.path == told.JOURNALS)
    body = json.loads(sent.content, parse_float=Decimal)
    lines = body.pop("line")["items"]
    assert body == {
        "externalId": KEY.upper(),
        "tranDate": "2026-10-31",
        "memo": "IA7K2Q9XM4B Inventory adjustments 2026-10-31",
        "currency": {"id": "1"},
        "subsidiary": {"id": "3"},
        "approved": True,
    }
    assert [(each["account"], each.get("debit"), each.get("credit")) for each in lines] == [
        ({"id": "58"}, Decimal("5120.05"), None),
        ({"id": "4"}, None, Decimal("5120.05")),
    ]


@EACH
def test_the_same_journal_is_the_same_bytes_on_every_attempt(transport: str) -> None:
    session, script = scripted(answers(transport, GOOD[transport]), transport=transport)
    session.post(entry())
    session.post(entry())
    sent = [each.content for each in script.asked if script.name(each) in ("add", ADD)]
    assert len(sent) == 2
    assert sent[0] == sent[1]


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 7, 31)])
def test_a_date_is_sent_as_midnight_with_the_pacific_offset_of_its_season(day: date) -> None:
    offset = "-08:00" if day.month == 1 else "-07:00"
    session, script = scripted({"add": written(), "get": read(journal(day=f"{day}T00:00:00.000{offset}"))})
    receipt = session.post(entry(day=day))
    assert f"{day}T00:00:00.000{offset}".encode() in script.asked[-2].content
    assert receipt.recorded is not None
    assert receipt.recorded.date == day


@EACH
def test_a_journal_that_waits_for_approval_is_told_apart(transport: str) -> None:
    script: dict[str, Script] = (
        {"add": written(), "get": read(journal(approved="false"))}
        if transport == SOAP
        else {ADD: created(), GET: rest_journal(approved=False)}
    )
    session, _ = scripted(script, transport=transport)
    receipt = session.post(entry())
    assert receipt.recorded is not None
    assert {receipt.status, receipt.recorded.status} == {ReceiptStatus.PENDING_APPROVAL}
    assert differences(entry(), receipt.recorded) == ()


@pytest.mark.parametrize("spelt", ["afterSubmitFailed", "aftersubmitFailed"])
@pytest.mark.parametrize("first", [True, False])
def test_a_script_that_failed_after_the_record_was_written_means_written_and_is_never_sent_again(
    spelt: str, *, first: bool
) -> None:
    flag = f"<core:{spelt}>true</core:{spelt}>"
    told_status = status("UNEXPECTED_ERROR", "A script failed.", more="" if first else flag)
    told_status = told_status.replace("<core:code>", f"{flag}<core:code>") if first else told_status
    session, script = scripted(answers(SOAP, written(told=told_status)))
    receipt = session.post(entry())
    assert (receipt.id, receipt.number) == (JOURNAL, "JE117")
    assert calls(script) == ["add", "get"]


def test_the_answer_is_read_in_any_order_and_case_of_its_elements() -> None:
    odd = envelope(
        "<messages:AddResponse><messages:WriteResponse><core:baseref internalid='8801'/><core:Status issuccess='TRUE'/>"
        "</messages:WriteResponse></messages:AddResponse>"
    )
    session, _ = scripted(answers(SOAP, odd))
    assert session.post(entry()).id == JOURNAL


def test_a_script_failure_that_names_no_record_is_looked_for_by_the_key() -> None:
    flag = "<core:afterSubmitFailed>true</core:afterSubmitFailed>"
    session, script = scripted(answers(SOAP, written("", status("USER_ERROR", "No.", more=flag))))
    assert session.post(entry()).id == JOURNAL
    assert b'externalId="0123456789ABCDEF0123456789ABCDEF"' in script.asked[-1].content


def test_a_warning_does_not_keep_the_journal_from_being_posted() -> None:
    warned = (
        '<core:status isSuccess="true"><core:statusDetail type="WARN"><core:code>USER_ERROR</core:code>'
        "<core:message>Careful.</core:message></core:statusDetail></core:status>"
    )
    session, _ = scripted(answers(SOAP, written(told=warned)))
    assert session.post(entry()).status is ReceiptStatus.POSTED


@EACH
def test_a_journal_that_was_there_already_is_read_and_returned_as_it_stands(transport: str) -> None:
    session, script = scripted(answers(transport, DUPLICATE[transport], by_key=True), transport=transport)
    receipt = session.post(entry())
    assert receipt.recorded is not None
    assert differences(entry(), receipt.recorded) == ()
    assert calls(script) == (["add", "get"] if transport == SOAP else [ADD, GET_BY_KEY])


def test_a_duplicate_that_somebody_edited_is_returned_as_it_stands_so_that_the_difference_is_shown() -> None:
    edited = journal(told.there("58", "debit", "5120.06"), told.there("4", "credit", "5120.06"))
    session, _ = scripted({"add": DUPLICATE[SOAP], "get": read(edited)})
    receipt = session.post(entry())
    assert receipt.recorded is not None
    assert differences(entry(), receipt.recorded) != ()


@EACH
def test_a_duplicate_that_nobody_finds_leaves_the_outcome_unknown(transport: str) -> None:
    session, _ = scripted(answers(transport, DUPLICATE[transport], there=False, by_key=True), transport=transport)
    with pytest.raises(OutcomeUnknown, match="shows no journal entry under it"):
        session.post(entry())


@EACH
def test_an_exact_refusal_is_believed_without_asking_again(transport: str) -> None:
    session, script = scripted(answers(transport, CLOSED[transport]), transport=transport)
    with pytest.raises(EntryRejected, match="accounting period is closed"):
        session.post(entry())
    assert len(calls(script)) == 1


@EACH
def test_a_refusal_in_words_of_somebodys_own_is_believed_once_nothing_is_found_under_the_key(transport: str) -> None:
    session, _ = scripted(answers(transport, BY_SCRIPT[transport], there=False, by_key=True), transport=transport)
    with pytest.raises(EntryRejected, match="refused the journal and said"):
        session.post(entry())
    standing, _ = scripted(answers(transport, BY_SCRIPT[transport], by_key=True), transport=transport)
    assert standing.post(entry()).id == JOURNAL


@EACH
def test_a_refusal_that_cannot_be_looked_into_leaves_the_outcome_unknown(transport: str) -> None:
    script = answers(transport, BY_SCRIPT[transport], by_key=True)
    script["get" if transport == SOAP else GET_BY_KEY] = httpx2.ReadTimeout("slow")
    session, _ = scripted(script, transport=transport)
    with pytest.raises(OutcomeUnknown):
        session.post(entry())


@EACH
@pytest.mark.parametrize("error", [httpx2.ReadTimeout("slow"), httpx2.ReadError("reset"), httpx2.WriteError("cut")])
def test_an_answer_that_did_not_come_leaves_the_outcome_unknown(transport: str, error: Exception) -> None:
    session, script = scripted(answers(transport, error), transport=transport)
    with pytest.raises(OutcomeUnknown, match="did not answer"):
        session.post(entry())
    assert len(calls(script)) == 1


@EACH
def test_what_never_left_was_not_written(transport: str) -> None:
    session, _ = scripted(answers(transport, httpx2.ConnectError("refused")), transport=transport)
    with pytest.raises(TryLater, match="could not be reached"):
        session.post(entry())


@EACH
@pytest.mark.parametrize(
    "answer", [httpx2.Response(502, content=b"<html>"), httpx2.Response(302), httpx2.Response(200)]
)
def test_an_answer_that_is_not_netsuites_leaves_the_outcome_unknown(transport: str, answer: httpx2.Response) -> None:
    session, _ = scripted(answers(transport, answer), transport=transport)
    with pytest.raises(OutcomeUnknown):
        session.post(entry())


def test_a_created_record_that_is_not_named_leaves_the_outcome_unknown() -> None:
    session, _ = scripted(answers(REST, httpx2.Response(204)), transport=REST)
    with pytest.raises(OutcomeUnknown, match="does not say which"):
        session.post(entry())


@EACH
def test_a_journal_that_cannot_be_read_back_now_is_posted_and_left_to_be_read_later(transport: str) -> None:
    script = answers(transport, GOOD[transport])
    script["get" if transport == SOAP else GET] = httpx2.ReadTimeout("slow")
    session, _ = scripted(script, transport=transport)
    receipt = session.post(entry())
    assert (receipt.id, receipt.status, receipt.recorded) == (JOURNAL, ReceiptStatus.POSTED, None)


def test_another_journal_than_the_one_that_was_sent_leaves_the_outcome_unknown() -> None:
    session, _ = scripted({"add": written(), "get": read(journal(key="SOMEBODY"))})
    with pytest.raises(OutcomeUnknown, match="another journal"):
        session.post(entry())


def test_what_an_entry_names_is_looked_up_once_for_all_sessions_of_a_connector() -> None:
    session, script = scripted({**answers(SOAP, written()), "search Department": departments()})
    posted = entry(line("debit", FOOD, "5120.05", department="Kitchen"), line("credit", MEAT, "5120.05"))
    session.post(posted)
    session.post(posted)
    assert sorted(script.calls()) == sorted(
        ["search Department", "getAll", "search Subsidiary", "add", "get", "add", "get"]
    )
    assert b'department internalId="11"' in script.asked[-2].content


def departments() -> httpx2.Response:
    return told.found(told.record("Department", "11", name="Kitchen"), told.record("Department", "12", name="Bar"))


@pytest.mark.parametrize(
    ("lines", "kind", "words"),
    [
        ({"subsidiary": "Nowhere"}, EntryRejected, "no subsidiary Nowhere"),
        ({"subsidiary": ""}, EntryRejected, "no subsidiary"),
        ({"subsidiary": "Eliminations"}, EntryRejected, "no subsidiary Eliminations"),
        ({"department": "Garage"}, EntryRejected, "no active department Garage"),
    ],
)
def test_what_netsuite_does_not_have_is_refused_before_anything_is_sent(
    lines: dict[str, str], kind: type[Exception], words: str
) -> None:
    session, script = scripted({"search Department": departments()})
    with pytest.raises(kind, match=words):
        session.post(entry(line("debit", FOOD, "1.00", **lines), line("credit", MEAT, "1.00", **lines)))
    assert "add" not in script.calls()


def test_an_account_without_an_id_and_a_currency_that_is_not_there_are_refused_before_anything_is_sent() -> None:
    session, script = scripted({})
    nameless = Account(number="1310", name="Food Inventory")
    with pytest.raises(AccountMissing, match="has no id in NetSuite"):
        session.post(entry(line("debit", nameless, "1.00"), line("credit", MEAT, "1.00")))
    with pytest.raises(EntryRejected, match="no active currency EUR"):
        session.post(entry(currency="EUR"))
    assert "add" not in script.calls()


def test_lists_that_cannot_be_read_before_a_journal_is_sent_mean_that_nothing_was_written() -> None:
    session, script = scripted({"getAll": httpx2.ReadTimeout("slow")})
    with pytest.raises(TryLater) as caught:
        session.post(entry())
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "add" not in script.calls()


def test_a_sign_in_that_fails_before_a_journal_is_sent_asks_for_a_person() -> None:
    session, _ = scripted(
        {"getAll": fault("invalidCredentialsFault", "INVALID_LOGIN_CREDENTIALS", "Invalid login attempt.")}
    )
    with pytest.raises(ReconnectNeeded, match="View Login Audit Trail"):
        session.post(entry())


def test_an_account_without_oneworld_sends_no_subsidiary_and_with_one_currency_no_currency() -> None:
    only = CURRENCIES.content.replace(
        b"<accounting:isInactive>false</accounting:isInactive></core:record></core:recordList>",
        b"<accounting:isInactive>true</accounting:isInactive></core:record></core:recordList>",
    )
    session, script = scripted(
        {**answers(SOAP, written()), "getAll": httpx2.Response(200, content=only)}, oneworld=False
    )
    receipt = session.post(entry())
    (record,) = etree.fromstring(script.asked[-2].content).iter("{*}record")
    assert record.find("{*}subsidiary") is None
    assert record.find("{*}currency") is None
    assert receipt.recorded is not None
    assert receipt.recorded.currency == "USD"
    assert "search Subsidiary" not in script.calls()


def test_another_account_than_the_chosen_one_is_never_called() -> None:
    session, script = scripted(answers(SOAP, written()), account="7654321")
    for call in (session.post, session.find, session.preflight):
        with pytest.raises(ReconnectNeeded, match="posts to the NetSuite account 1234567_SB1"):
            call(entry())
    assert script.asked == []
