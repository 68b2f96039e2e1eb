"""One journal goes to Xero once, exactly as it was frozen, and only a clear answer makes it posted."""

from __future__ import annotations

import json
from decimal import Decimal

import httpx2
import pytest

from hub.api import (
    Account,
    AccountMissing,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    ReceiptStatus,
    TryLater,
)
from hub.domain.comparing import differences
from plugins.xero.tests.journals import (
    FOOD,
    JOURNAL,
    KEY,
    MEAT,
    REFERENCE,
    TENANT,
    answer,
    entry,
    journal,
    journals,
    line,
    scripted,
    there,
)

PUT = "PUT /ManualJournals"


def test_a_journal_is_one_put_with_the_key_and_every_field_that_xero_would_otherwise_guess() -> None:
    session, script = scripted({PUT: answer(journals(journal()))}, hub_url="https://hub.example.com/")
    session.post(
        entry(line("debit", FOOD, "5120.05", "Ending · Meat", Region="North"), line("credit", MEAT, "5120.05"))
    )
    sent = script.asked[-1]
    assert script.calls() == ["GET /Organisation", PUT]
    assert sent.url.query == b"summarizeErrors=false"
    assert {name: sent.headers[name] for name in ("Idempotency-Key", "Xero-Tenant-Id", "Accept", "Content-Type")} == {
        "Idempotency-Key": KEY,
        "Xero-Tenant-Id": TENANT,
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    assert json.loads(sent.content) == {
        "ManualJournals": [
            {
                "Narration": f"{REFERENCE} Inventory adjustments 2026-10-31",
                "Date": "2026-10-31",
                "Status": "POSTED",
                "LineAmountTypes": "NoTax",
                "ShowOnCashBasisReports": True,
                "Url": f"https://hub.example.com/?reference={REFERENCE}",
                "JournalLines": [
                    {
                        "LineAmount": 5120.05,
                        "AccountID": FOOD.id,
                        "Description": "Ending · Meat",
                        "TaxType": "NONE",
                        "Tracking": [{"Name": "Region", "Option": "North"}],
                    },
                    {
                        "LineAmount": -5120.05,
                        "AccountID": MEAT.id,
                        "Description": "Ending inventory 2026-10-31 · COGS Meat",
                        "TaxType": "NONE",
                    },
                ],
            }
        ]
    }


def test_amounts_leave_digit_by_digit_and_come_back_exact() -> None:
    digits = "9999999999999999.99"  # 18 digits, which a binary fraction cannot hold
    told = journals(journal(JournalLines=[there(FOOD, 1), there(MEAT, -1)]))
    text = json.dumps(told).replace('"LineAmount": 1,', f'"LineAmount": {digits},')
    text = text.replace('"LineAmount": -1,', f'"LineAmount": -{digits},')
    session, script = scripted({PUT: httpx2.Response(200, content=text.encode())})
    big = entry(line("debit", FOOD, digits), line("credit", MEAT, digits))
    recorded = session.post(big).recorded
    sent = script.asked[-1].content.decode()
    assert f'"LineAmount":{digits},' in sent
    assert f'"LineAmount":-{digits},' in sent
    assert recorded is not None
    assert differences(big, recorded) == ()


@pytest.mark.parametrize(("currency", "amount", "sent"), [("JPY", "5120", "5120"), ("USD", "5", "5.00")])
def test_amounts_have_the_decimals_of_their_currency(currency: str, amount: str, sent: str) -> None:
    organisation = {"Organisations": [{"Name": "Acme", "BaseCurrency": currency}]}
    told = journal(JournalLines=[there(FOOD, Decimal(amount)), there(MEAT, -Decimal(amount))])
    session, script = scripted({PUT: answer(journals(told)), "GET /Organisation": answer(organisation)})
    posted = entry(line("debit", FOOD, amount), line("credit", MEAT, amount), currency=currency)
    recorded = session.post(posted).recorded
    assert recorded is not None
    assert differences(posted, recorded) == ()
    assert f'"LineAmount":{sent},'.encode() in script.asked[-1].content


def test_amounts_that_xero_would_round_are_refused_before_anything_is_sent() -> None:
    session, script = scripted({})
    dinars = entry(line("debit", FOOD, "5120.055"), line("credit", MEAT, "5120.055"), currency="KWD")
    with pytest.raises(EntryRejected, match="KWD have 3 decimals, and Xero rounds to 2"):
        session.post(dinars)
    assert script.asked == []


def test_the_same_entry_gives_the_same_bytes() -> None:
    session, script = scripted({PUT: answer(journals(journal()))})
    for _ in range(2):
        session.post(entry(line("debit", FOOD, "1", Region="North", Area="2"), line("credit", MEAT, "1")))
    first, second = [request for request in script.asked if request.method == "PUT"]
    assert (first.content, first.headers["Idempotency-Key"]) == (second.content, second.headers["Idempotency-Key"])
    assert script.calls().count("GET /Organisation") == 1


def test_without_an_address_of_the_hub_there_is_no_link_back() -> None:
    session, script = scripted({PUT: answer(journals(journal()))})
    session.post(entry())
    assert b'"Url"' not in script.asked[-1].content


def test_an_account_without_an_id_goes_by_its_code_and_one_without_either_is_refused_unsent() -> None:
    session, script = scripted({PUT: answer(journals(journal()))})
    by_code = Account(number="1310", name="Food Inventory")
    session.post(entry(line("debit", by_code, "1"), line("credit", MEAT, "1")))
    assert b'"AccountCode":"1310"' in script.asked[-1].content
    before = len(script.asked)
    with pytest.raises(AccountMissing, match="neither an id nor a code"):
        session.post(entry(line("debit", Account(name="Food Inventory"), "1"), line("credit", MEAT, "1")))
    assert len(script.asked) == before


def test_the_receipt_is_read_from_the_answer_with_a_link_that_opens_the_right_organisation() -> None:
    session, script = scripted({PUT: answer(journals(journal()))})
    receipt = session.post(entry())
    assert (receipt.id, receipt.number, receipt.status) == (JOURNAL, REFERENCE, ReceiptStatus.POSTED)
    assert receipt.url == (
        "https://go.xero.com/organisationlogin/default.aspx?shortcode=!FR6KJ"
        f"&redirecturl=/Journal/View.aspx?invoiceID={JOURNAL}"
    )
    assert receipt.recorded is not None
    assert differences(entry(), receipt.recorded) == ()
    assert script.calls()[-1] == PUT


def test_without_a_short_code_the_link_is_the_plain_one() -> None:
    organisation = {"Organisations": [{"Name": "Acme", "BaseCurrency": "USD"}]}
    session, _ = scripted({PUT: answer(journals(journal())), "GET /Organisation": answer(organisation)})
    assert session.post(entry()).url == f"https://go.xero.com/Journal/View.aspx?invoiceID={JOURNAL}"


def test_books_in_another_currency_are_refused_before_anything_is_sent() -> None:
    session, script = scripted({PUT: answer(journals(journal()))})
    with pytest.raises(EntryRejected, match="keeps its books in USD, and this journal is in EUR; nothing was sent"):
        session.post(entry(currency="EUR"))
    assert script.calls() == ["GET /Organisation"]


@pytest.mark.parametrize("failed", [answer({}, 503), httpx2.ReadTimeout("slow"), answer([])])
def test_where_the_organisation_cannot_be_asked_nothing_was_written(failed: object) -> None:
    session, script = scripted({PUT: answer(journals(journal())), "GET /Organisation": failed})
    with pytest.raises(TryLater) as told:
        session.post(entry())
    assert script.calls() == ["GET /Organisation"]
    assert (told.value.__cause__, told.value.__context__) == (None, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"Date": "/Date(1793491200000+0000)/"},
        {"Status": "DRAFT"},
        {"JournalLines": [there(FOOD, 5120.06), there(MEAT, -5120.06)]},
        {"JournalLines": [there(MEAT, 5120.05), there(FOOD, -5120.05)]},
        {"JournalLines": [there(FOOD, 5120.05), there(MEAT, -5120.00), there(MEAT, -0.05)]},
        {
            "LineAmountTypes": "Exclusive",
            "JournalLines": [there(FOOD, 5120.05, TaxAmount=512.0), there(MEAT, -5632.05)],
        },
        {
            "LineAmountTypes": "Inclusive",
            "JournalLines": [there(FOOD, 5120.05, TaxAmount=465.46), there(MEAT, -5120.05)],
        },
    ],
    ids=["date", "status", "amount", "sides", "lines", "tax added", "tax inside"],
)
def test_what_xero_stored_otherwise_than_it_was_sent_can_be_seen(changed: dict[str, object]) -> None:
    session, _ = scripted({PUT: answer(journals(journal(**changed)))})
    recorded = session.post(entry()).recorded
    assert recorded is not None
    assert differences(entry(), recorded)


@pytest.mark.parametrize(
    "told",
    [
        answer(journals()),
        answer(journals(journal(), journal())),
        answer(journals(journal(ManualJournalID="00000000-0000-0000-0000-000000000000"))),
        answer(journals(journal(Narration="Rent"))),
        answer(journals(journal(Narration=f"Reversal: {REFERENCE} Inventory"))),
        answer(journals(journal(Status="ELSE"))),
        answer(journals(journal(StatusAttributeString="ERROR"))),
        answer(journals(journal(JournalLines=[there(FOOD, 5120.05), there(MEAT, -5120.04)]))),
        answer(journals(journal(JournalLines=[there(FOOD, 5120.055), there(MEAT, -5120.055)]))),
        answer(journals(journal(JournalLines=[there(FOOD, True), there(MEAT, -1)]))),
        answer(journals(journal(JournalLines=["line"]))),
        answer(journals(journal(Date="yesterday"))),
        answer({"ManualJournals": journal()}),
        answer(None),
        answer([journal()]),
        httpx2.Response(200, content=b""),
        httpx2.Response(200, content=b"<html>Sorry</html>"),
        httpx2.Response(200, content=b'{"ManualJournals": [{"ManualJournalID": "d312'),
        httpx2.Response(200, content=b'{"ManualJournals": [{"LineAmount": NaN}]}'),
        httpx2.Response(200, content=b"\xff\xfe"),
        httpx2.Response(200, content=b"[" * 100_000),
        httpx2.Response(307, headers={"Location": "https://api.xero.com/"}),
        httpx2.Response(408),
        httpx2.Response(400, content=b"<html>"),
        httpx2.Response(401, content=b"<html>"),
        httpx2.Response(403, content=b"<html>"),
        httpx2.Response(404, content=b"<html>The resource you're looking for cannot be found</html>"),
        answer({"Type": "Other", "Message": "?"}, 400),
        answer({"Message": "?"}, 500),
        answer({}, 502),
        answer({}, 503),
        answer({}, 504),
        httpx2.ReadTimeout("slow"),
        httpx2.WriteTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("gone"),
    ],
)
def test_anything_but_a_clear_answer_leaves_the_outcome_unknown(told: object) -> None:
    session, script = scripted({PUT: told})
    with pytest.raises(OutcomeUnknown):
        session.post(entry())
    assert script.calls().count(PUT) == 1


@pytest.mark.parametrize("error", [httpx2.ConnectError("no"), httpx2.ConnectTimeout("no"), httpx2.PoolTimeout("no")])
def test_where_no_byte_left_nothing_was_written(error: Exception) -> None:
    session, _ = scripted({PUT: error})
    with pytest.raises(TryLater, match="could not be reached; nothing was sent"):
        session.post(entry())


def test_a_thousand_lines_are_one_journal_far_below_what_a_request_may_have() -> None:
    lines = [
        line(side, FOOD if side == "debit" else MEAT, "1.01", "m" * 120)
        for _ in range(500)
        for side in ("debit", "credit")
    ]
    session, script = scripted({PUT: answer(journals(journal()))})
    session.post(entry(*lines))
    assert len(script.asked[-1].content) < 3_500_000 / 10
    sent = json.loads(script.asked[-1].content, parse_float=Decimal)["ManualJournals"][0]["JournalLines"]
    assert (len(sent), sum(each["LineAmount"] for each in sent)) == (1_000, 0)


def test_a_refusal_that_nobody_wrote_is_never_an_unknown_one() -> None:
    refused = {**journal(), "ManualJournalID": "00000000-0000-0000-0000-000000000000", "StatusAttributeString": "ERROR"}
    session, _ = scripted({PUT: answer(journals({**refused, "ValidationErrors": []}))})
    with pytest.raises(NotWritten, match="no reason"):
        session.post(entry())
