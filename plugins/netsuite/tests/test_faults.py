"""Every error of NetSuite to a sentence with a remedy: was the journal written, and who must act?"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
from lxml import etree

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
from hub_netsuite.answers import Detail, SoapFault, Status
from hub_netsuite.catalogue import CATALOGUE, LOGIN_CAUSES
from hub_netsuite.codes import ABSENT, CODES, FAULTS, SENTENCES
from hub_netsuite.faults import VAGUE, of_details, of_fault, of_status
from plugins.netsuite.tests.journals import (
    ABSENT as NOT_THERE,
)
from plugins.netsuite.tests.journals import (
    ADD,
    NOW,
    REST_ABSENT,
    details,
    entry,
    fault,
    refused,
    scripted,
)
from plugins.netsuite.tests.vendor import VERSION

LOGIN = "Invalid login attempt."
OURS = {"not_reached", "no_answer", "unreadable", "another_journal", "5xx", "unknown", "not_found", "clock", "usage"}
BEFORE_SENDING = {"wrong_account", "currency_unknown", "subsidiary_unknown", "value_unknown", "no_account"}


def posting(answer: httpx2.Response, transport: str = "soap") -> ConnectorError:
    """What comes of a journal that is answered so, and of which nothing is found under its key."""
    script = {
        "add": answer,
        "get": NOT_THERE,
        ADD: answer,
        "GET /services/rest/record/v1/journalEntry/eid:": REST_ABSENT,
    }
    key = f"GET /services/rest/record/v1/journalEntry/eid:{entry().key.upper()}"
    session, _ = scripted({**script, key: REST_ABSENT}, transport=transport)
    with pytest.raises(ConnectorError) as caught:
        session.post(entry())
    return caught.value


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_sentence_a_remedy_and_netsuites_own_code_with_it(code: str) -> None:
    status = Status(
        success=False, details=(Detail(kind="ERROR", code=code, message="Said.", after_submit_failed=False),)
    )
    for understood in (of_status(status, "ws-1"), of_fault(SoapFault(kind="", code=code, message="Said."), "ws-1")):
        error = understood.after_write()
        assert error.code == code
        assert error.request_id == "ws-1"
        assert CATALOGUE[CODES[code]].do in error.message
        means = CATALOGUE[CODES[code]].means
        assert type(error) is (OutcomeUnknown if means is None else means)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("INVALID_LOGIN_ATTEMPT", ReconnectNeeded),
        ("INVALID_ROLE", ReconnectNeeded),
        ("WS_FEATURE_REQD", ReconnectNeeded),
        ("INSUFFICIENT_PERMISSION", EntryRejected),
        ("TRAN_PERIOD_CLOSED", PeriodClosed),
        ("JE_AMOUNTS_MUST_BALANCE", EntryRejected),
        ("INVALID_KEY_OR_REF", EntryRejected),
        ("WS_REQUEST_BLOCKED", TryLater),
        ("CONCURRENCY_LIMIT_EXCEEDED", TryLater),
        ("SSS_REQUEST_LIMIT_EXCEEDED", TryLater),
        ("ACCT_TEMP_UNAVAILABLE", TryLater),
        ("UNEXPECTED_ERROR", OutcomeUnknown),
        ("DUP_RCRD", OutcomeUnknown),
        ("A_CODE_OF_TOMORROW", EntryRejected),
    ],
)
def test_the_status_of_a_record_says_who_must_act(code: str, kind: type[ConnectorError]) -> None:
    assert type(posting(refused(code, "Said."))) is kind


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        ("Invalid account reference key 58 for subsidiary 3.", AccountMissing, "account with the id 58"),
        ("Invalid department reference key 11 for subsidiary 3", EntryRejected, "department with the id 11"),
        ("You have entered an Invalid Field Value 58 for the following field: account", AccountMissing, "id 58"),
        (
            "You have entered an Invalid Field Value 9 for the following field: class",
            EntryRejected,
            "the class with the id 9",
        ),
        ("Invalid account reference key 58.", AccountMissing, "id 58"),
        ("Invalid location reference key 9.", EntryRejected, "the location with the id 9"),
        ("Please enter a value for subsidiary", EntryRejected, "needs a subsidiary on each journal"),
        ("Please enter value(s) for: Department, Location", EntryRejected, "mandatory: Department, Location"),
        ("The amounts in a journal entry must balance", EntryRejected, "debits and credits differ"),
        ("This transaction is in a closed period.", PeriodClosed, "Manage Accounting Periods"),
        ("This record already exists", OutcomeUnknown, "external ID"),
        ("An unexpected error occurred. Error ID: m7ab3k2", OutcomeUnknown, "Error ID"),
        ("Something of our own script.", EntryRejected, "Something of our own script.”"),
    ],
)
@pytest.mark.parametrize("transport", ["soap", "rest"])
def test_where_only_words_tell_errors_apart_they_are_told_apart(
    words: str, kind: type[ConnectorError], told: str, transport: str
) -> None:
    prefix = "Error while accessing a resource. "
    answer = refused("USER_ERROR", words) if transport == "soap" else details(400, "USER_ERROR", prefix + words)
    error = posting(answer, transport)
    assert type(error) is kind
    assert told in error.message


def test_the_id_of_an_unexpected_error_is_kept_for_netsuites_support() -> None:
    assert (
        posting(refused("UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: m7ab3k2")).request_id == "m7ab3k2"
    )


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (
            fault("invalidCredentialsFault", "INVALID_LOGIN_CREDENTIALS", LOGIN),
            ReconnectNeeded,
            "View Login Audit Trail",
        ),
        (fault("", "", LOGIN), ReconnectNeeded, "View Login Audit Trail"),
        (fault("invalidCredentialsFault", "USER_ERROR", "Ambiguous authentication"), TryLater, "two sign-ins"),
        (fault("insufficientPermissionFault", "WS_PERMISSION_REQD", "No."), ReconnectNeeded, "SOAP Web Services"),
        (fault("insufficientPermissionFault", "WS_FEATURE_REQD", "No."), ReconnectNeeded, "Enable Features"),
        (fault("insufficientPermissionFault", "INSUFFICIENT_PERMISSION", "No."), EntryRejected, "lacks a permission"),
        (fault("invalidCredentialsFault", "INVALID_ROLE", "No."), ReconnectNeeded, "role of the access token"),
        (fault("invalidAccountFault", "INVALID_ACCT", "No."), ReconnectNeeded, "Company Information"),
        (fault("invalidVersionFault", "UNSUPPORTED_WS_VERSION", "No."), ReconnectNeeded, "SOAP endpoint"),
        (fault("invalidSessionFault", "SESSION_TIMED_OUT", "No."), TryLater, "session"),
        (fault("exceededConcurrentRequestLimitFault", "WS_REQUEST_BLOCKED", "No."), TryLater, "5 to 20 calls"),
        (fault("exceededRequestLimitFault", "WS_CONCUR_SESSION_DISALLWD", "No."), TryLater, "5 to 20 calls"),
        (fault("exceededUsageLimitFault", "", "No."), TryLater, "used up"),
        (fault("exceededRecordCountFault", "MAX_RCRDS_EXCEEDED", "No."), EntryRejected, "larger than NetSuite takes"),
        (fault("exceededRequestSizeFault", "", "No."), EntryRejected, "larger than NetSuite takes"),
        (fault("unexpectedErrorFault", "UNEXPECTED_ERROR", "No."), OutcomeUnknown, "failed inside"),
        (fault("", "", "Connection pool is empty"), OutcomeUnknown, "does not know"),
    ],
)
def test_a_fault_of_the_whole_request_says_who_must_act(
    answer: httpx2.Response, kind: type[ConnectorError], told: str
) -> None:
    error = posting(answer)
    assert type(error) is kind
    assert told in error.message


def test_a_refused_sign_in_is_explained_cause_by_cause_with_the_way_to_the_audit_trail() -> None:
    error = posting(fault("invalidCredentialsFault", "INVALID_LOGIN_CREDENTIALS", LOGIN))
    assert "Setup > Users/Roles > User Management > View Login Audit Trail" in error.message
    assert all(f"{name}: {cause}" in error.message for name, cause in LOGIN_CAUSES.items())
    assert "the two pairs are swapped" in error.message
    assert "the account ID is wrong" in error.message
    assert len(f"It is not known whether the journal was written. {error.message}") < 1_000  # what the hub keeps of one


def test_a_clock_that_is_wrong_is_told_from_the_answers_own_date_and_mends_itself() -> None:
    there = format_datetime(datetime.fromtimestamp(NOW + 421, UTC), usegmt=True)
    error = posting(fault("invalidCredentialsFault", "INVALID_LOGIN_CREDENTIALS", LOGIN, Date=there))
    assert type(error) is TryLater
    assert "421 seconds off" in error.message
    near = format_datetime(datetime.fromtimestamp(NOW + 20, UTC), usegmt=True)
    assert type(posting(fault("invalidCredentialsFault", "", LOGIN, Date=near))) is ReconnectNeeded
    assert type(posting(fault("invalidCredentialsFault", "", LOGIN, Date="soon"))) is ReconnectNeeded


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            details(401, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail."),
            ReconnectNeeded,
        ),
        (httpx2.Response(401, content=b"<html>"), OutcomeUnknown),
        (details(403, "INSUFFICIENT_PERMISSION", "No."), EntryRejected),
        (details(400, "INVALID_CONTENT", "No."), EntryRejected),
        (details(429, "CONCURRENCY_LIMIT_EXCEEDED", "No."), TryLater),
        (httpx2.Response(429), TryLater),
        (details(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: abc123"), OutcomeUnknown),
        (httpx2.Response(503), OutcomeUnknown),
        (details(404, "NONEXISTENT_ID", "No."), OutcomeUnknown),
        (httpx2.Response(400, content=b"{}"), OutcomeUnknown),
        (details(409, "A_CODE_OF_TOMORROW", "No."), OutcomeUnknown),
    ],
)
def test_over_rest_an_error_says_who_must_act(answer: httpx2.Response, kind: type[ConnectorError]) -> None:
    assert type(posting(answer, "rest")) is kind


@pytest.mark.parametrize(
    ("told", "waits_s"), [("7", 7), ("0", 0), ("-5", None), ("soon", None), ("999999999", 86_400), (None, None)]
)
def test_a_limit_is_waited_out_as_long_as_netsuite_asks_where_that_makes_sense(
    told: str | None, waits_s: int | None
) -> None:
    headers = {} if told is None else {"Retry_After": told}
    for answer, transport in (
        (fault("exceededConcurrentRequestLimitFault", "WS_REQUEST_BLOCKED", "No.", **headers), "soap"),
        (httpx2.Response(429, headers={name.replace("_", "-"): value for name, value in headers.items()}), "rest"),
    ):
        error = posting(answer, transport)
        assert isinstance(error, TryLater)
        assert error.retry_after_s == waits_s


def test_several_errors_of_one_record_are_told_by_the_one_that_says_something_exact() -> None:
    vague = Detail(kind="ERROR", code="USER_ERROR", message="Oh.", after_submit_failed=False)
    exact = Detail(kind="ERROR", code="TRAN_PRD_CLOSED", message="Closed.", after_submit_failed=False)
    warned = Detail(kind="WARN", code="WS_REQUEST_BLOCKED", message="Slow.", after_submit_failed=False)
    assert of_status(Status(success=False, details=(warned, vague, exact))).entry == "period"
    assert of_details(400, [("USER_ERROR", "Oh."), ("USER_ERROR", "The period is closed.")]).entry == "period"


def test_what_netsuite_says_is_cut_and_kept_on_one_line() -> None:
    error = posting(refused("USER_ERROR", "word\n " * 400))
    assert len(error.message) < 600
    assert "\n" not in error.message


def test_every_code_that_the_connector_knows_is_one_of_the_vendors(shared: Path) -> None:
    folder = shared / "specs" / "netsuite"
    listed = set((folder / "status_detail_codes_2023_2.txt").read_text(encoding="utf-8").split())
    types = etree.parse(str(folder / VERSION / "xsd" / "platform.faultTypes.xsd"))
    listed |= {str(each.get("value")) for each in types.iterfind(".//{*}enumeration")}
    of_rest_alone = {"INVALID_CONTENT", "NONEXISTENT_ID", "IDEMPOTENCY_ERROR", "INVALID_LOGIN"}
    unlisted = {"EXCEEDED_CONCURRENT_REQUEST_LIMIT_BY_ACCOUNT", "TRAN_PRD_CLOSED", "CLOSED_TRAN_PRD"}
    assert (set(CODES) | ABSENT) - listed <= of_rest_alone | unlisted
    faults = etree.parse(str(folder / VERSION / "xsd" / "platform.faults.xsd"))
    elements = {str(each.get("name")).lower() for each in faults.getroot().iterfind("{*}element")}
    assert elements - {"asyncfault"} <= set(FAULTS)


def test_every_entry_of_the_catalogue_is_one_that_something_is_understood_as() -> None:
    understood = {*CODES.values(), *FAULTS.values(), *(each.entry for each in SENTENCES), "rest_login"}
    assert understood | OURS | BEFORE_SENDING == set(CATALOGUE)
    assert all(each.source for each in SENTENCES)
    assert all(issubclass(CATALOGUE[name].means or object, NotWritten) for name in VAGUE)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_sentence_of_the_catalogue_can_be_said(name: str) -> None:
    told = dict.fromkeys(
        (
            "said",
            "status",
            "what",
            "field",
            "fields",
            "reference",
            "subsidiary",
            "account",
            "currency",
            "value",
            "seconds",
            "company",
        ),
        "x",
    )
    message = CATALOGUE[name].message(told)
    assert "{" not in message
    assert message.endswith((".", CATALOGUE[name].link or "."))
