"""Every error of the vendor's, in both of its shapes: was the journal written, what does a person read, who must act?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

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
from hub_quickbooks.catalogue import CATALOGUE, Meaning
from plugins.quickbooks.tests.counter import Counter, journal

KINDS = {
    Meaning.ACCOUNT: AccountMissing,
    Meaning.PERIOD: PeriodClosed,
    Meaning.REFUSED: EntryRejected,
    Meaning.RECONNECT: ReconnectNeeded,
    Meaning.LATER: TryLater,
    Meaning.UNKNOWN: OutcomeUnknown,
}
# The codes of the fact sheet: a new one there has to be thought about here.
CODES = [
    "120",
    "610",
    "2010",
    "2020",
    "2050",
    "2080",
    "2500",
    "3001",
    "3100",
    "3200",
    "4000",
    "4001",
    "5010",
    "5020",
    "6000",
    "6140",
    "6190",
    "6210",
    "6240",
    "10000",
]


def api_shape(code: str, detail: str = "Why") -> dict[str, Any]:
    error = {"Message": "What", "Detail": detail, "code": code, "element": ""}
    return {"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-11-02T01:00:00.000-08:00"}


def gateway_shape(code: str, detail: str = "Why") -> dict[str, Any]:
    error = {"message": "What", "detail": detail, "code": code, "element": None}
    return {"warnings": None, "fault": {"error": [error], "type": "AUTHENTICATION"}, "time": 1790000000000}


def answering(status: int, body: Any = None, **headers: str) -> Callable[[httpx2.Request], httpx2.Response]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"intuit_tid": "1-5f-tid", "Content-Type": "application/json", **headers}
    return lambda _request: httpx2.Response(status, content=content, headers=told)


def posting(counter: Counter, status: int, body: Any = None, **headers: str) -> ConnectorError:
    """Return what posting raises where this is the answer."""
    counter.network.instead = answering(status, body, **headers)
    with pytest.raises(ConnectorError) as caught:
        counter.session().post(journal())
    return caught.value


def test_the_catalogue_has_every_code_of_the_fact_sheet() -> None:
    assert sorted(CATALOGUE, key=int) == sorted(CODES, key=int)
    assert all(known.what.endswith(".") and known.do.endswith(".") for known in CATALOGUE.values())


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("shape", [api_shape, gateway_shape])
@pytest.mark.parametrize("status", [200, 400, 500])
def test_each_code_is_told_in_a_customers_words_with_the_vendors_code_and_request_id(
    counter: Counter, code: str, shape: Callable[[str], dict[str, Any]], status: int
) -> None:
    error = posting(counter, status, shape(code))
    known = CATALOGUE[code]
    assert type(error) is KINDS[known.meaning]
    assert known.what in error.message
    assert known.meaning is Meaning.LATER or known.do in error.message
    assert ("Why" in error.message) is known.told
    assert (error.code, error.request_id) == (code, "1-5f-tid")


@pytest.mark.parametrize("shape", [api_shape, gateway_shape])
def test_an_unknown_code_may_have_been_written_and_is_shown_with_both(
    counter: Counter, shape: Callable[[str, str], dict[str, Any]]
) -> None:
    error = posting(counter, 400, shape("7777", "Something new"))
    assert type(error) is OutcomeUnknown
    assert all(told in error.message for told in ("7777", "1-5f-tid", "Something new"))
    assert (error.code, error.request_id) == ("7777", "1-5f-tid")


def test_one_unknown_code_among_known_ones_leaves_all_unknown(counter: Counter) -> None:
    body = api_shape("6210")
    body["Fault"]["Error"] += api_shape("7777")["Fault"]["Error"]
    assert type(posting(counter, 400, body)) is OutcomeUnknown
    body["Fault"]["Error"][1]["code"] = "2500"
    assert type(posting(counter, 400, body)) is PeriodClosed


def test_a_fault_beside_a_journal_leaves_it_unknown(counter: Counter) -> None:
    assert type(posting(counter, 200, {**api_shape("6210"), "JournalEntry": {"Id": "1"}})) is OutcomeUnknown


@pytest.mark.parametrize(
    ("code", "detail", "kind"),
    [
        ("2500", "Invalid Reference Id : Accounts element id 7 not found", AccountMissing),
        ("2500", "Invalid Reference Id : Klasses element id 7 not found", EntryRejected),
        ("6000", "Fill out at least two detail lines to continue.", EntryRejected),
        (
            "6000",
            "An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again.",
            OutcomeUnknown,
        ),
    ],
)
def test_where_one_code_has_two_meanings_its_text_decides(
    counter: Counter, code: str, detail: str, kind: type[ConnectorError]
) -> None:
    assert type(posting(counter, 400, api_shape(code, detail))) is kind


@pytest.mark.parametrize("code", ["3001", "003001", "3200"])
def test_noughts_before_a_code_do_not_matter(counter: Counter, code: str) -> None:
    assert posting(counter, 403, gateway_shape(code)).code == code.lstrip("0")


@pytest.mark.parametrize(
    ("body", "header", "wait_s"),
    [
        (gateway_shape("3001"), None, 60),
        (b"<html>", None, 60),
        (b"", "120", 120),
        (b"", "0", 0),
        (b"", "-5", 60),
        (b"", "soon", 60),
        (b"", "999999999", 86_400),
        (b"", "Mon, 02 Nov 2026 09:02:00 GMT", 120),
    ],
)
def test_any_429_wrote_nothing_and_says_how_long_to_wait(
    counter: Counter, body: Any, header: str | None, wait_s: int
) -> None:
    headers = {"Date": "Mon, 02 Nov 2026 09:00:00 GMT", **({"Retry-After": header} if header is not None else {})}
    error = posting(counter, 429, body, **headers)
    assert isinstance(error, TryLater)
    assert error.retry_after_s == wait_s


@pytest.mark.parametrize("status", [200, 201, 204, 302, 307, 400, 401, 403, 404, 408, 500, 502, 503, 504])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>busy</html>", b"null", b"[]", b"{}", b'{"Fault":', b'{"JournalEntry":{}}', b"\xff\xfe", b"[" * 9999],
)
def test_an_answer_that_says_nothing_may_have_written(counter: Counter, status: int, body: bytes) -> None:
    error = posting(counter, status, body)
    assert type(error) is OutcomeUnknown
    assert error.request_id == "1-5f-tid"
    assert "not known whether" in error.message


@pytest.mark.parametrize("wrong", ['{"Fault":7}', '{"Fault":{"Error":7}}', '{"Fault":{"Error":[7]}}', '{"fault":{}}'])
def test_a_fault_of_another_shape_may_have_written(counter: Counter, wrong: str) -> None:
    assert type(posting(counter, 400, wrong.encode())) is OutcomeUnknown


@pytest.mark.parametrize(
    "change",
    [
        {"Id": ""},
        {"Id": 7},
        {"DocNumber": "other"},
        {"Line": None},
        {"Line": [7]},
        {"Line": [{"DetailType": "JournalEntryLineDetail"}]},
        {"TxnDate": "yesterday"},
        {"CurrencyRef": "USD"},
    ],
)
def test_a_success_of_another_shape_may_have_written(counter: Counter, change: dict[str, Any]) -> None:
    counter.session().post(journal())
    told = counter.raw("GET", "journalentry/145").json()
    told["JournalEntry"] |= change
    assert type(posting(counter, 200, told)) is OutcomeUnknown


@pytest.mark.parametrize("amount", ["NaN", "Infinity", '"4812.37"', "true", "null", "[]"])
def test_an_amount_that_is_no_number_may_have_been_written(counter: Counter, amount: str) -> None:
    counter.session().post(journal())
    body = counter.raw("GET", "journalentry/145").text.replace('"Amount":4812.37', f'"Amount":{amount}')
    assert amount in body
    assert type(posting(counter, 200, body.encode())) is OutcomeUnknown


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ConnectError("x"), TryLater),
        (httpx2.ConnectTimeout("x"), TryLater),
        (httpx2.PoolTimeout("x"), TryLater),
        (httpx2.ReadTimeout("x"), OutcomeUnknown),
        (httpx2.WriteTimeout("x"), OutcomeUnknown),
        (httpx2.ReadError("x"), OutcomeUnknown),
        (httpx2.RemoteProtocolError("x"), OutcomeUnknown),
    ],
)
def test_silence_wrote_nothing_only_where_no_byte_left(
    counter: Counter, error: httpx2.HTTPError, kind: type[ConnectorError]
) -> None:
    def silent(_request: httpx2.Request) -> httpx2.Response:
        raise error

    counter.network.instead = silent
    with pytest.raises(ConnectorError) as caught:
        counter.session().post(journal())
    assert type(caught.value) is kind
    with pytest.raises(ConnectorError) as caught:
        counter.session().find(journal())
    assert isinstance(caught.value, NotWritten) is (kind is TryLater)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, gateway_shape("3200", "Token expired: 0"), ReconnectNeeded),  # the client has renewed it already
        (401, b"", ReconnectNeeded),
        (403, gateway_shape("3100"), ReconnectNeeded),
        (429, b"", TryLater),
        (403, gateway_shape("3001"), TryLater),
        (500, api_shape("10000"), ConnectorError),
        (400, api_shape("4001"), ConnectorError),
        (400, api_shape("7777"), ConnectorError),
        (200, api_shape("610"), ConnectorError),
        (503, b"busy", ConnectorError),
        (200, b"", ConnectorError),
    ],
)
def test_a_question_that_fails_is_never_none(
    counter: Counter, status: int, body: Any, kind: type[ConnectorError]
) -> None:
    counter.network.instead = answering(status, body)
    for ask in (
        lambda session: session.find(journal()),
        lambda session: session.accounts(),
        lambda session: session.dimensions(),
        lambda session: session.companies(),
        lambda session: session.preflight(journal()),
        lambda session: session.changed_since(counter.clock.now()),
    ):
        with pytest.raises(ConnectorError) as caught:
            ask(counter.session())
        assert type(caught.value) is kind
        assert caught.value.request_id == "1-5f-tid"


# What the sandbox refuses, as it refuses it


@pytest.mark.parametrize(
    ("text", "kind", "code", "words"),
    [
        ("Dr 107 1\nCr 101 1", AccountMissing, "610", "inactive"),
        ("Dr 999 1\nCr 101 1", AccountMissing, "2500", "Accounts element id 999 not found"),
        ("Dr 84 1\nCr 101 1", EntryRejected, "6000", "you must choose a customer in the Name field"),
        ("Dr 33 1\nCr 101 1", EntryRejected, "6000", "you must choose a vendor in the Name field"),
        ("Dr 140 1\nCr 101 1", EntryRejected, "6000", "non-posting"),
        ("Dr 121 99999999999\nCr 101 99999999999", EntryRejected, "2080", "Invalid Number"),
    ],
)
def test_what_quickbooks_refuses_is_told_in_its_own_words(
    counter: Counter, text: str, kind: type[ConnectorError], code: str, words: str
) -> None:
    with pytest.raises(ConnectorError) as caught:
        counter.session().post(journal(text))
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert words in caught.value.message
    assert caught.value.request_id.startswith("1-")
    assert counter.journals() == []


@pytest.mark.parametrize("shape", [None, "gateway_shape"])
def test_a_closed_period_is_told_in_either_shape(counter: Counter, shape: str | None) -> None:
    counter.plan(closed_through="2026-10-31", **({"fault": shape} if shape else {}))
    with pytest.raises(PeriodClosed, match="The books are closed in QuickBooks") as caught:
        counter.session().post(journal())
    assert caught.value.code == "6210"


def test_a_number_that_is_taken_may_be_taken_by_this_journal(counter: Counter) -> None:
    counter.plan(warn_duplicate_journal_number=True, requestid_window_seconds=0)
    counter.session().post(journal())
    with pytest.raises(OutcomeUnknown) as caught:
        counter.session().post(journal())
    assert caught.value.code == "6140"


def test_what_is_not_tracked_is_refused_by_the_plan(counter: Counter) -> None:
    counter.session().preflight(journal(dimensions={"class": "Downtown"}))
    counter.company.choices.classes = False
    with pytest.raises(EntryRejected) as caught:
        counter.session().post(journal(dimensions={"class": "Downtown"}))
    assert caught.value.code == "5020"
