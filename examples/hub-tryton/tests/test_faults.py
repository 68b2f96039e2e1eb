"""What each of Tryton's answers means: as they were seen from Tryton 8.2.1, on SQLite and on PostgreSQL."""

from __future__ import annotations

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
)
from hub_tryton import faults

DOMAIN = "is not valid according to its domain."
SEEN: list[tuple[str, type[NotWritten], str, str]] = [
    (
        'You cannot create a journal-period in closed period "2026-01".',
        PeriodClosed,
        "period_closed",
        "open the period",
    ),
    (
        f'The value "2026-10" for field "Period" in record "(3)" of "Account Move" {DOMAIN}',
        PeriodClosed,
        "period_closed",
        "",
    ),
    (
        f'The value "1390 - Catering" for field "Account" in record "$4812.37 @ 1390" of "Account Move Line" {DOMAIN}',
        AccountMissing,
        "account_refused",
        "1390 - Catering",
    ),
    (
        'The value "99999" for field "Account" in "Account Move Line" does not exist.',
        AccountMissing,
        "account_refused",
        "99999",
    ),
    (
        'The number of digits in the value "\'1.005\'" for field "Credit" in record "9" exceeds the limit of "(None, 2)".',
        EntryRejected,
        "too_many_decimals",
        "fewer decimals",
    ),
    ('To post move "(3)", you must balance all its lines debits and credits.', EntryRejected, "unbalanced", ""),
    ('You are not allowed to access "Account Move".', ReconnectNeeded, "right_missing", "the group Accounting"),
    (
        'You are not allowed to create records of "Account Move" because they fail on at least one of these rules:\nUser',
        ReconnectNeeded,
        "right_missing",
        "",
    ),
    ('You are trying to read records "7" of "Company" that don\'t exist.', ReconnectNeeded, "company_gone", "choose"),
    ("Nobody has met this sentence <b>.", EntryRejected, "refused", "Nobody has met this sentence ‹b›."),
]


def answer(sentence: str, status: int = 400) -> httpx2.Response:
    return httpx2.Response(status, json={"status": status, "message": sentence, "description": ""})


@pytest.mark.parametrize(("sentence", "kind", "code", "told"), SEEN, ids=[code for _, _, code, _ in SEEN])
def test_a_sentence_after_a_move_was_to_be_made_says_that_none_was(
    sentence: str, kind: type[NotWritten], code: str, told: str
) -> None:
    error = faults.error_after_create(answer(sentence))
    assert (type(error), error.code) == (kind, code)
    assert told in error.message


@pytest.mark.parametrize(("sentence", "kind", "code", "told"), SEEN, ids=[code for _, _, code, _ in SEEN])
def test_a_sentence_after_a_draft_was_to_be_posted_leaves_it_open_or_asks_for_a_person(
    sentence: str, kind: type[NotWritten], code: str, told: str
) -> None:
    error = faults.error_after_post(answer(sentence))
    assert isinstance(error, OutcomeUnknown | ReconnectNeeded)
    assert isinstance(error, ReconnectNeeded) is (kind is ReconnectNeeded)


def test_what_was_posted_by_an_earlier_call_is_not_called_refused() -> None:
    told = 'You can not call "post" on "2026/1" of "Account Move".'
    assert type(faults.error_after_post(answer(told))) is OutcomeUnknown


@pytest.mark.parametrize(
    "response",
    [
        httpx2.Response(400, text="<html>Bad Request</html>"),
        httpx2.Response(400, json={"message": "from a proxy"}),
        httpx2.Response(400, json=["status", 400]),
        httpx2.Response(500, json={"status": 400, "message": "an error"}),
        httpx2.Response(403, text="<html>Forbidden</html>"),
        httpx2.Response(404, text="<html>Not Found</html>"),
        httpx2.Response(503, text="database is locked"),
    ],
)
def test_an_answer_that_is_not_trytons_own_sentence_leaves_it_open(response: httpx2.Response) -> None:
    for error in (faults.error_after_create(response), faults.error_after_post(response)):
        assert type(error) is OutcomeUnknown
    assert isinstance(faults.error_after_read(response), ConnectorError)


def test_a_key_that_was_cancelled_asks_for_a_person() -> None:
    response = httpx2.Response(401, text="<html>Unauthorized</html>")
    for error in (
        faults.error_after_create(response),
        faults.error_after_post(response),
        faults.error_after_read(response),
    ):
        assert isinstance(error, ReconnectNeeded)
