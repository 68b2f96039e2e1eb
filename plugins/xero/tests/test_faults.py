"""Every error of Xero that is known: whether the journal was written, who must act, and what they read."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest

from hub.api import (
    AccountMissing,
    ConnectorError,
    EntryRejected,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    ReconnectNeeded,
    TryLater,
)
from hub_xero.catalogue import CATALOGUE
from hub_xero.faults import GONE, SENTENCES, error_after_read, error_after_write, is_gone
from plugins.xero.tests.journals import answer, entry, journal, journals, scripted

PUT = "PUT /ManualJournals"
NOBODY = "00000000-0000-0000-0000-000000000000"
LOCKED = "The document date cannot be before the period lock date, currently set at 30-Nov-2018"
LOCKED_YEAR = "The document date cannot be before the end of year lock date, currently set at 31-Dec-2025"
NOT_VALID = "Account code '800' is not a valid code for this document."
ARCHIVED = "The account code '429' has been archived, or has been deleted from the chart of accounts."
TAX = "The TaxType code 'NONE' cannot be used with account code '820'."
UNBALANCED = "The total debits (100.00) must equal total credits (-10.00)"
UNHEARD_OF = "The moon is in the seventh house"

REFUSALS = [
    (LOCKED, PeriodClosed, ("Xero is locked through 2018-11-30", "Choose a later date", "FinancialSettings")),
    (LOCKED_YEAR, PeriodClosed, ("2025-12-31",)),
    (NOT_VALID, AccountMissing, ("to the account 800", "Map the GL Account", "ChartOfAccounts")),
    (ARCHIVED, AccountMissing, ("The account 429 is archived or deleted", "Restore it")),
    (TAX, EntryRejected, ("The account 820 does not take the tax rate NONE", "TaxRates")),
    (UNBALANCED, EntryRejected, ("debits of 100.00 and credits of -10.00", "support")),
    ("The Tracking option 'North' is not there", EntryRejected, ("Correct the Site Map", "Tracking.aspx")),
    (UNHEARD_OF, EntryRejected, (f"“{UNHEARD_OF}”", "Correct what it names")),
]
UNAUTHORIZED = {"Type": None, "Title": "Unauthorized", "Status": 401}
FORBIDDEN = {"Type": None, "Title": "Forbidden", "Status": 403, "Instance": "b0b"}
MISMATCH = {"Type": "ValidationException", "Message": "Idempotency Key: 0123 is used with a different request."}

ANSWERS = {
    "TokenExpired": (
        answer({**UNAUTHORIZED, "Detail": "TokenExpired: token expired at 01/01/2001 00:00:00"}, 401),
        TryLater,
    ),
    "insufficient_scope": (
        answer(UNAUTHORIZED, 401, WWW_Authenticate='Bearer error="insufficent_scope"'),
        ReconnectNeeded,
    ),
    "Unauthorized": (answer({**UNAUTHORIZED, "Detail": "AuthenticationUnsuccessful"}, 401), ReconnectNeeded),
    "AuthenticationUnsuccessful": (answer({**FORBIDDEN, "Detail": "AuthenticationUnsuccessful"}, 403), ReconnectNeeded),
    "minute": (answer("", 429, X_Rate_Limit_Problem="Minute", Retry_After="41"), TryLater),
    "day": (answer("", 429, X_Rate_Limit_Problem="day", Retry_After="66975"), TryLater),
    "concurrent": (answer("", 429, X_Rate_Limit_Problem="concurrent"), TryLater),
    "429": (answer("", 429, X_Rate_Limit_Problem="appminute"), TryLater),
    "idempotency_mismatch": (answer(MISMATCH, 400), None),
    "404": (httpx2.Response(404, headers={"Content-Type": "text/html"}, content=f"<html>{GONE}</html>".encode()), None),
    "503": (httpx2.Response(503, content=b"<html>"), None),
    "5xx": (answer({"Message": "An error occurred"}, 500), None),
    "unknown": (answer({"Type": "Teapot", "Message": UNHEARD_OF}, 418), None),
}


def refused(*reasons: str) -> httpx2.Response:
    """HTTP 200 with the journal refused, as summarizeErrors=false has it."""
    errors = [{"Message": reason} for reason in reasons]
    told = {"ManualJournalID": NOBODY, "StatusAttributeString": "ERROR", "ValidationErrors": errors}
    return answer(journals({**journal(), **told}))


def exception(*reasons: str) -> httpx2.Response:
    """HTTP 400 with the same reasons, as summarizeErrors=true has it."""
    errors = [{"Message": reason} for reason in reasons]
    message = "A validation exception occurred"
    elements = [{"ValidationErrors": errors}]
    return answer({"ErrorNumber": 10, "Type": "ValidationException", "Message": message, "Elements": elements}, 400)


@pytest.mark.parametrize(("said", "kind", "words"), REFUSALS)
@pytest.mark.parametrize("shape", [refused, exception])
def test_each_refusal_is_told_in_the_customers_words(
    shape: type[httpx2.Response], said: str, kind: type[NotWritten], words: tuple[str, ...]
) -> None:
    session, _ = scripted({PUT: shape(said)})
    with pytest.raises(NotWritten) as told:
        session.post(entry())
    assert type(told.value) is kind
    assert (told.value.code, told.value.request_id) == ("ValidationException", "c0ffee00-1")
    for word in words:
        assert word in told.value.message


def test_all_reasons_of_a_refusal_are_told_at_once_and_the_most_exact_error_wins() -> None:
    session, _ = scripted({PUT: refused(UNHEARD_OF, NOT_VALID, LOCKED, NOT_VALID)})
    with pytest.raises(PeriodClosed) as told:
        session.post(entry())
    assert all(word in told.value.message for word in (UNHEARD_OF, "account 800", "2018-11-30"))
    assert told.value.message.count("account 800") == 1


def test_many_reasons_are_cut_and_counted() -> None:
    session, _ = scripted({PUT: refused(*(f"Reason {number}" for number in range(9)), "R" * 5_000)})
    with pytest.raises(EntryRejected, match="And 7 more") as told:
        session.post(entry())
    assert len(told.value.message) < 1_000


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_that_is_no_success_is_sorted_by_whether_the_journal_was_written(name: str) -> None:
    response, kind = ANSWERS[name]
    after_write, after_read = error_after_write(response), error_after_read(response)
    assert type(after_write) is (kind or OutcomeUnknown)
    assert type(after_read) is (kind or ConnectorError)
    entry_ = CATALOGUE[name]
    assert entry_.do in after_write.message
    assert entry_.do in after_read.message
    assert after_write.code
    assert after_write.request_id == response.headers.get("Xero-Correlation-Id", "")


def test_every_entry_of_the_catalogue_is_shown_by_a_test() -> None:
    elsewhere = {"not_reached", "no_answer", "unreadable", "another_journal", "no_account", "currency_mismatch"}
    sentences = {"ValidationException", *(sentence.entry for sentence in SENTENCES)}
    assert {*ANSWERS, *sentences, *elsewhere} == set(CATALOGUE)


def test_an_unknown_error_is_shown_with_xeros_own_words_code_and_request_id() -> None:
    error = error_after_write(ANSWERS["unknown"][0])
    assert UNHEARD_OF in error.message
    assert "418" in error.message
    assert (error.code, error.request_id) == ("Teapot", "c0ffee00-1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("41", 41),
        ("0", 0),
        ("-5", None),
        ("soon", None),
        ("999999999", 86_400),
        ("", None),
        ("Sat, 31 Oct 2026 10:00:00 GMT", 60),
    ],
)
def test_the_wait_that_xero_asks_for_is_kept_where_it_makes_sense(header: str, seconds: int | None) -> None:
    now = "Sat, 31 Oct 2026 09:59:00 GMT"
    error = error_after_write(answer("", 429, X_Rate_Limit_Problem="minute", Retry_After=header, Date=now))
    assert isinstance(error, TryLater)
    assert error.retry_after_s == seconds


def test_only_xeros_own_page_says_that_a_journal_is_gone() -> None:
    assert is_gone(ANSWERS["404"][0])
    assert not is_gone(httpx2.Response(404, content=b"<html>nginx</html>"))
    assert not is_gone(httpx2.Response(200, content=GONE.encode()))


def test_every_sentence_names_its_source() -> None:
    assert all(sentence.source for sentence in SENTENCES)


def test_a_person_is_told_to_wait_where_xero_repeats_its_refusal() -> None:
    for name in ("lock_date", "account_not_valid", "account_archived", "tax_type", "tracking", "ValidationException"):
        assert "six minutes" in CATALOGUE[name].do


def test_the_readme_explains_every_error_in_the_order_of_the_catalogue() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    table = readme.split("## When something goes wrong")[1].split("\n## ", maxsplit=1)[0]
    assert re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE) == list(CATALOGUE)
    for name, each in CATALOGUE.items():
        (row,) = re.findall(rf"^\| `{re.escape(name)}` \| (.*) \|$", table, re.MULTILINE)
        cells = row.split(" | ")
        happened = re.sub(r"\{(\w+)\}", r"…", each.happened)
        assert cells == [happened, f"{each.do} {each.link}".strip(), _written(each.means)], name


def _written(means: type[NotWritten] | None) -> str:
    return {
        None: "not known: looked for first",
        TryLater: "no; goes on by itself",
        ReconnectNeeded: "no; waits for Reconnect",
    }.get(means, "no; waits for you")
