"""The sandbox takes and refuses manual journals as Xero does."""

from __future__ import annotations

import pytest

from plugins.xero.tests.stand import Body, Local, manual_journal


@pytest.fixture
def local() -> Local:
    return Local()


def put(local: Local, *several: Body, key: str = "") -> Body:
    headers = {"Idempotency-Key": key} if key else {}
    asked = {"params": {"summarizeErrors": "false"}, "json": {"ManualJournals": several}}
    answer = local.call("PUT", "ManualJournals", headers=headers, **asked)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


def errors(told: Body) -> list[str]:
    (journal,) = told["ManualJournals"]
    return [each["Message"] for each in journal.get("ValidationErrors", [])]


def test_a_posted_journal_moves_the_books_and_a_draft_does_not(local: Local) -> None:
    told = put(local, manual_journal(), manual_journal(Status=None, amount=9))
    posted, draft = told["ManualJournals"]
    assert told["Status"] == "OK"
    assert (posted["Status"], draft["Status"]) == ("POSTED", "DRAFT")
    assert posted["Date"] == "/Date(1793404800000+0000)/"
    assert (posted["JournalLines"][0]["LineAmount"], posted["JournalLines"][0]["AccountCode"]) == (125.40, "1310")
    assert (local.balance("1310"), local.balance("5010")) == ("125.40", "-125.40")
    ledger = local.ledger()
    assert [(each["id"], each["reference"], each["status"]) for each in ledger["journals"]] == [
        (posted["ManualJournalID"], "IA7K2Q9XM4B", "POSTED"),
        (draft["ManualJournalID"], "IA7K2Q9XM4B", "DRAFT"),
    ]
    assert ledger["journals"][0]["lines"][1] == {"account": "5010", "amount": "-125.40"}


@pytest.mark.parametrize(
    ("journal", "message"),
    [
        (manual_journal(Narration=""), "A manual journal needs a narration."),
        (
            manual_journal(JournalLines=[{"LineAmount": 0, "AccountCode": "1310"}]),
            "A manual journal needs at least two lines.",
        ),
        (
            manual_journal(
                JournalLines=[{"LineAmount": 100, "AccountCode": "1310"}, {"LineAmount": -10, "AccountCode": "5010"}]
            ),
            "The total debits (100.00) must equal total credits (-10.00)",
        ),
        (manual_journal(credit="2010"), "Account code '2010' is not a valid code for this document."),
        (manual_journal(debit="1100"), "Account code '1100' is not a valid code for this document."),
        (manual_journal(debit="9999"), "Account code '9999' is not a valid code for this document."),
        (
            manual_journal(debit="1390"),
            "Account code '1390' has been archived, or has been deleted from the chart of accounts.",
        ),
        (manual_journal(Status="VOIDED"), "A new manual journal cannot have the status VOIDED."),
        (manual_journal(Status="ELSE"), "The journal cannot be read: ELSE is no status."),
        (manual_journal(Date="soon"), "The journal cannot be read: Invalid isoformat string: 'soon'."),
    ],
)
def test_what_xero_refuses_is_refused_with_a_reason_and_nothing_is_kept(
    local: Local, journal: Body, message: str
) -> None:
    told = put(local, journal)
    assert message in errors(told)
    assert told["ManualJournals"][0]["StatusAttributeString"] == "ERROR"
    assert told["ManualJournals"][0]["ManualJournalID"] == "00000000-0000-0000-0000-000000000000"
    assert local.ledger()["journals"] == []


def test_tax_types_and_tracking_are_checked(local: Local) -> None:
    lines = manual_journal()["JournalLines"]
    taxed = manual_journal(JournalLines=[{**lines[0], "TaxType": "INPUT2"}, lines[1]])
    assert errors(put(local, taxed)) == ["The TaxType code 'INPUT2' cannot be used with account code '1310'."]
    unknown = manual_journal(
        JournalLines=[{**lines[0], "Tracking": [{"Name": "Region", "Option": "Atlantis"}]}, lines[1]]
    )
    assert "tracking option 'Atlantis'" in errors(put(local, unknown))[0]
    tracked = manual_journal(
        JournalLines=[{**lines[0], "Tracking": [{"Name": "Region", "Option": "Downtown"}]}, lines[1]]
    )
    (kept,) = put(local, tracked)["ManualJournals"]
    assert [(each["Name"], each["Option"]) for each in kept["JournalLines"][0]["Tracking"]] == [("Region", "Downtown")]


def test_the_lock_date_refuses_posted_journals_and_lets_drafts_be(local: Local) -> None:
    local.faults(closed_through="2026-10-31")
    told = put(local, manual_journal())
    assert errors(told) == ["The document date cannot be before the period lock date, currently set at 31-Oct-2026"]
    assert errors(put(local, manual_journal(Status="DRAFT"))) == []
    assert errors(put(local, manual_journal(Date="2026-11-01"))) == []
    organisation = local.call("GET", "Organisation").json()["Organisations"][0]
    assert organisation["PeriodLockDate"] == "/Date(1793404800000+0000)/"
    assert organisation["OrganisationID"] == local.us.tenant


def test_without_summarize_errors_false_one_wrong_journal_refuses_all(local: Local) -> None:
    both = {"ManualJournals": [manual_journal(), manual_journal(debit="2010")]}
    answer = local.call("PUT", "ManualJournals", json=both)
    told = answer.json()
    assert answer.status_code == 400
    assert (told["ErrorNumber"], told["Type"], told["Message"]) == (
        10,
        "ValidationException",
        "A validation exception occurred",
    )
    assert [len(each["ValidationErrors"]) for each in told["Elements"]] == [1]
    assert local.ledger()["journals"] == []
    assert len(put(local, *both["ManualJournals"])["ManualJournals"]) == 2
    assert len(local.ledger()["journals"]) == 1


def test_a_status_changes_only_as_xero_lets_it(local: Local) -> None:
    drafts = [put(local, manual_journal(Status="DRAFT"))["ManualJournals"][0]["ManualJournalID"] for _ in range(2)]

    def change(journal: str, status: str) -> list[str]:
        told = local.call(
            "POST",
            f"ManualJournals/{journal}",
            params={"summarizeErrors": "false"},
            json=manual_journal(Status=status),
        )
        assert told.status_code == 200
        return errors(told.json())

    assert change(drafts[0], "POSTED") == []
    assert local.balance("1310") == "125.40"
    assert change(drafts[0], "DRAFT") == ["A manual journal with the status POSTED cannot be changed to DRAFT."]
    assert change(drafts[0], "POSTED") == ["A manual journal with the status POSTED cannot be changed to POSTED."]
    assert change(drafts[1], "DELETED") == []
    assert change(drafts[0], "VOIDED") == []
    assert change(drafts[0], "POSTED") == ["A manual journal with the status VOIDED cannot be changed to POSTED."]
    assert local.balance("1310") == "0.00"
    shown = local.call("GET", f"ManualJournals/{drafts[0]}").json()["ManualJournals"][0]
    assert (shown["Status"], len(shown["JournalLines"])) == ("VOIDED", 2)
    assert [each["status"] for each in local.ledger()["journals"]] == ["DELETED", "VOIDED"]


def test_a_journal_in_a_locked_period_cannot_be_voided(local: Local) -> None:
    (journal,) = put(local, manual_journal())["ManualJournals"]
    local.faults(closed_through="2026-10-31")
    told = local.call("POST", f"ManualJournals/{journal['ManualJournalID']}", json=manual_journal(Status="VOIDED"))
    assert told.status_code == 400
    assert local.balance("1310") == "125.40"


def test_a_key_answers_a_repeat_for_six_minutes_and_then_the_call_is_made_again(local: Local) -> None:
    first = put(local, manual_journal(), key="k" * 128)
    local.clock.advance(359)
    assert put(local, manual_journal(), key="k" * 128) == first
    local.clock.advance(1)
    assert put(local, manual_journal(), key="k" * 128) != first
    assert len(local.ledger()["journals"]) == 2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "ManualJournals?summarizeErrors=false", manual_journal(amount=9)),
        ("POST", "ManualJournals?summarizeErrors=false", manual_journal()),
        ("PUT", "ManualJournals", manual_journal()),
    ],
)
def test_a_key_with_another_request_is_refused_in_the_words_of_xero(
    local: Local, method: str, path: str, body: Body
) -> None:
    put(local, manual_journal(), key="abc")
    told = local.call(method, path, json={"ManualJournals": [body]}, headers={"Idempotency-Key": "abc"})
    assert told.status_code == 400
    assert told.json()["Message"] == "Idempotency Key: abc is used with a different request."
    assert told.json()["Type"]
    assert len(local.ledger()["journals"]) == 1


def test_refusals_and_errors_are_repeated_under_their_key_as_well(local: Local) -> None:
    local.faults(closed_through="2026-10-31")
    assert errors(put(local, manual_journal(), key="a"))
    local.faults(closed_through=None)
    assert errors(put(local, manual_journal(), key="a"))
    assert not errors(put(local, manual_journal(), key="b"))
    local.faults(fault="server_error_before")
    for _ in range(2):
        assert (
            local.call("PUT", "ManualJournals", json=manual_journal(), headers={"Idempotency-Key": "c"}).status_code
            == 500
        )
    local.faults(fault="server_error_after")
    for _ in range(2):
        assert (
            local.call("PUT", "ManualJournals", json=manual_journal(), headers={"Idempotency-Key": "d"}).status_code
            == 500
        )
    assert len(local.ledger()["journals"]) == 2


def test_xml_is_taken_and_answered_with_names_as_xero_spells_them(local: Local) -> None:
    body = (
        b"<ManualJournals><ManualJournal><Narration>Old client</Narration><Date>2026-10-31T00:00:00</Date><Status>POSTED</Status>"
        b"<JournalLines><JournalLine><LineAmount>12.34</LineAmount><AccountCode>1310</AccountCode><Tracking><TrackingCategory>"
        b"<Name>Region</Name><Option>Downtown</Option></TrackingCategory></Tracking></JournalLine>"
        b"<JournalLine><LineAmount>-12.34</LineAmount><AccountCode>5010</AccountCode></JournalLine></JournalLines>"
        b"</ManualJournal></ManualJournals>"
    )
    xml = {"Content-Type": "application/xml"}
    told = local.call("PUT", "ManualJournals", content=body, headers=xml).json()
    assert told["ManualJournals"][0]["JournalLines"][0]["Tracking"][0]["Option"] == "Downtown"
    bare = local.call("POST", "manualjournals", content=body[16:-17], headers={**xml, "Accept": "application/xml"})
    assert bare.headers["content-type"].startswith("text/xml")
    assert b"<LineAmount>12.34</LineAmount>" in bare.content
    assert b"<Date>2026-10-31T00:00:00</Date>" in bare.content
    assert local.balance("1310") == "24.68"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"ManualJournals": ["x"]}', b"<a/>", b"<ManualJournals>", b"<!DOCTYPE a><ManualJournal/>"],
)
def test_a_body_that_is_none_is_refused_with_type_and_message(local: Local, body: bytes) -> None:
    told = local.call("PUT", "ManualJournals", content=body)
    assert told.status_code == 400
    assert told.json()["Type"] == "PostDataInvalidException"
    assert told.json()["Message"]


def test_dates_come_in_both_forms_and_a_bare_journal_is_taken(local: Local) -> None:
    told = local.call("PUT", "ManualJournals", json=manual_journal(Date="/Date(1793404800000)/")).json()
    assert told["ManualJournals"][0]["Date"] == "/Date(1793404800000+0000)/"
    local.call("PUT", "ManualJournals", json={"ManualJournals": manual_journal()})
    assert len(local.ledger()["journals"]) == 2


def test_amounts_are_rounded_to_cents(local: Local) -> None:
    put(local, manual_journal(amount=0.1 + 0.2))
    assert local.balance("1310") == "0.30"


def test_the_faults_of_one_write(local: Local) -> None:
    local.faults(fault="warn")
    (warned,) = put(local, manual_journal())["ManualJournals"]
    assert (warned["StatusAttributeString"], len(warned["Warnings"])) == ("WARNING", 1)
    local.faults(fault="changed_amounts")
    (changed,) = put(local, manual_journal())["ManualJournals"]
    assert changed["JournalLines"][0]["LineAmount"] == 125.41
    local.faults(fault="garbage", body="<p>")
    assert local.call("PUT", "ManualJournals", json=manual_journal()).text == "<p>"
    local.faults(fault="gateway_shape")
    assert local.call("PUT", "ManualJournals", json=manual_journal()).status_code == 503
    local.faults(fault="unexpected_error")
    assert local.call("PUT", "ManualJournals", json=manual_journal()).status_code == 500
    assert len(local.ledger()["journals"]) == 3


def test_a_draft_may_be_unbalanced_and_leaves_unknown_accounts_out_with_a_warning(local: Local) -> None:
    lines = [{"LineAmount": 5, "AccountCode": "1310"}, {"LineAmount": -7, "AccountCode": "476"}]
    (draft,) = put(local, manual_journal(Status="DRAFT", JournalLines=lines))["ManualJournals"]
    assert draft["Warnings"] == [
        {"Message": "Account code '476' has been removed as it does not match a recognised account."}
    ]
    assert local.ledger()["journals"][0]["lines"] == []


def test_people_edit_and_void_journals_and_archive_accounts_there(local: Local) -> None:
    (journal,) = put(local, manual_journal())["ManualJournals"]
    local.faults(edit_journals=[journal["ManualJournalID"]])
    assert local.balance("1310") == "125.41"
    local.faults(void_journals=[journal["ManualJournalID"]], archive_accounts=["1310"])
    assert local.balance("1310") == "0.00"
    assert errors(put(local, manual_journal()))
    local.faults(restore_accounts=["1310"])
    assert not errors(put(local, manual_journal()))
    for wrong in ({"edit_journals": ["x"]}, {"archive_accounts": ["9999"]}, {"void_journals": "x"}):
        assert local.bare.post("/_sandbox/faults", json=wrong).status_code == 400
