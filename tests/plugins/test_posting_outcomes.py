"""Out of a call that writes come a sound receipt, NotWritten where that is certain, and OutcomeUnknown for all else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.api import (
    AccountMissing,
    Capability,
    ConnectorError,
    EntryRejected,
    File,
    NotWritten,
    OutcomeUnknown,
    PeriodClosed,
    Receipt,
    ReceiptStatus,
    ReconnectNeeded,
    TryLater,
)
from hub.plugins import ContractBroken, GuardedSession, NotCapable
from tests.plugins.scripted import DRAFT, POSTED, VOID, entry, session, without

pytestmark = pytest.mark.usefixtures("in_either_thread")

Raise = Callable[..., Receipt]

WRITES: dict[str, Callable[[GuardedSession], Receipt]] = {
    "post": lambda opened: opened.post(entry()),
    "finish": lambda opened: opened.finish(DRAFT, entry()),
    "void": lambda opened: opened.void(POSTED),
}


class ReadTimeout(Exception):
    """Named as HTTP libraries name it."""


class WriteTimeout(Exception):
    """Named as HTTP libraries name it."""


class ConnectTimeout(Exception):
    """Named as HTTP libraries name it."""


class ReadError(Exception):
    """Named as HTTP libraries name it."""


class RemoteProtocolError(Exception):
    """Named as HTTP libraries name it."""


class ConnectError(Exception):
    """Named as HTTP libraries name it."""


class SlowAnswer(ReadTimeout):
    """A library's own subclass."""


class PeriodLocked(PeriodClosed):
    """A connector's own subclass, which names what it likes."""

    def __init__(self) -> None:
        super().__init__("The books are locked up to 31 October.", code="6140", request_id="r-1")
        self.token = "secret"


class Undecided(NotWritten, OutcomeUnknown):
    """An error that says both."""


class Speechless(TryLater):
    """An error whose constructor left everything out."""

    def __init__(self) -> None:
        Exception.__init__(self)


def raising(error: BaseException, *causes: BaseException) -> Raise:
    """A method that raises an error from a cause, itself raised from the next, and so on."""

    def method(*_: object) -> Receipt:
        for effect, cause in zip((error, *causes), causes, strict=False):
            effect.__cause__ = cause
        raise error

    return method


def while_handling(error: BaseException, earlier: BaseException) -> Raise:
    """A method that raises an error while it handles an earlier one, without saying so."""

    def method(*_: object) -> Receipt:
        try:
            raise earlier
        except type(earlier):
            raise error from None

    return method


@pytest.mark.parametrize(
    "error",
    [
        NotWritten("Not written.", code="4", request_id="r"),
        EntryRejected("Refused.", code="6000"),
        AccountMissing("Account 5010 is not there.", code="610"),
        PeriodClosed("The period is closed.", code="6140"),
        ReconnectNeeded("Connect again."),
        TryLater("Too many calls.", retry_after_s=120, code="429"),
        OutcomeUnknown("No answer.", request_id="r-7"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("write", WRITES)
def test_an_error_of_the_contract_comes_through_with_all_it_says(write: str, error: ConnectorError) -> None:
    with pytest.raises(ConnectorError) as raised:
        WRITES[write](session(**{write: error}))
    assert type(raised.value) is type(error)
    assert vars(raised.value) == vars(error)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        ConnectorError("Something went wrong.", code="500", request_id="r-7"),
        ValueError("token=secret"),
        TimeoutError(),
        SystemExit(0),
        RecursionError(),
        MemoryError(),
        GeneratorExit(),
        BaseExceptionGroup("several", [SystemExit(1)]),
        Undecided("Perhaps."),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("write", WRITES)
def test_any_other_error_means_that_nobody_knows_whether_it_was_written(write: str, error: BaseException) -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        WRITES[write](session(**{write: error}))
    assert not isinstance(raised.value, NotWritten)
    assert raised.value.__cause__ is error
    assert "secret" not in raised.value.message


def test_an_unknown_outcome_keeps_the_code_and_request_id_for_support() -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        session(post=ConnectorError("Something.", code="500", request_id="r-7")).post(entry())
    assert (raised.value.code, raised.value.request_id) == ("500", "r-7")


def test_what_the_operator_interrupts_stays_interrupted() -> None:
    with pytest.raises(KeyboardInterrupt):
        session(deadline_s=None, post=KeyboardInterrupt()).post(entry())


REFUSED = EntryRejected("Refused.")
NOT_BELIEVED = {
    "caused by a time-out of Python's": raising(REFUSED, TimeoutError()),
    "caused by a time-out while reading": raising(REFUSED, ReadTimeout()),
    "caused by a library's own kind of it": raising(REFUSED, SlowAnswer()),
    "caused by a time-out while writing": raising(REFUSED, WriteTimeout()),
    "caused by a connection that broke while reading": raising(REFUSED, ReadError()),
    "caused by a connection that was reset": raising(REFUSED, ConnectionResetError()),
    "caused by a connection that broke while writing": raising(REFUSED, BrokenPipeError()),
    "caused by an answer that broke off": raising(REFUSED, RemoteProtocolError()),
    "caused by something that a time-out caused": raising(REFUSED, ValueError("no answer"), ReadTimeout()),
    "raised while a time-out was handled": while_handling(REFUSED, ReadTimeout()),
    "caused by a group with a time-out": raising(REFUSED, ExceptionGroup("calls", [ValueError(), ReadTimeout()])),
    "after a time-out, when the second try could not connect": while_handling(ConnectTimeout(), ReadTimeout()),
}


@pytest.mark.parametrize("method", NOT_BELIEVED.values(), ids=NOT_BELIEVED.keys())
def test_not_written_is_not_believed_where_something_may_have_been_sent(method: Raise) -> None:
    def post(*_: object) -> Receipt:
        try:
            return method()
        except ConnectTimeout as error:
            raise NotWritten("No connection.") from error

    with pytest.raises(OutcomeUnknown):
        session(post=post).post(entry())


BELIEVED = {
    "caused by a time-out while connecting": raising(TryLater("Down."), ConnectTimeout()),
    "which libraries raise from one of Python's": raising(TryLater("Down."), ConnectTimeout(), TimeoutError()),
    "caused by an error while connecting, as in the handshake": raising(
        TryLater("Down."), ConnectError(), ConnectionResetError()
    ),
    "caused by a refused connection": raising(TryLater("Down."), ConnectionRefusedError()),
    "caused by nothing": raising(TryLater("Down.")),
}


@pytest.mark.parametrize("method", BELIEVED.values(), ids=BELIEVED.keys())
def test_not_written_is_believed_where_no_byte_had_left(method: Raise) -> None:
    with pytest.raises(TryLater):
        session(post=method).post(entry())


def test_causes_that_run_in_a_circle_are_looked_at_once() -> None:
    first, second = EntryRejected("Refused."), ValueError()
    first.__cause__, second.__context__ = second, first
    with pytest.raises(EntryRejected):
        session(post=raising(first)).post(entry())


def test_a_connectors_own_error_arrives_as_the_contracts_with_nothing_else_on_it() -> None:
    with pytest.raises(PeriodClosed) as raised:
        session(post=PeriodLocked()).post(entry())
    assert type(raised.value) is PeriodClosed
    assert vars(raised.value) == {
        "message": "The books are locked up to 31 October.",
        "code": "6140",
        "request_id": "r-1",
    }


def test_an_error_that_says_nothing_still_tells_who_raised_it() -> None:
    with pytest.raises(TryLater) as raised:
        session(post=Speechless()).post(entry())
    assert raised.value.message == 'The plugin "Plugin" of no distribution gave no reason (Speechless).'
    assert (raised.value.code, raised.value.retry_after_s) == ("", None)


@pytest.mark.parametrize(
    ("message", "told"),
    [("One.\r\nTwo.\x1b[31m", "One. Two. [31m"), ("x" * 5000, "x" * 999 + "…"), ("Meat \ud83d", "Meat")],
)
def test_a_message_is_one_line_without_control_characters(message: str, told: str) -> None:
    with pytest.raises(EntryRejected) as raised:
        session(post=EntryRejected(message)).post(entry())
    assert raised.value.message == told


@pytest.mark.parametrize(
    ("said", "kept"),
    [(0, 0), (120, 120), (86_400, 86_400), (-5, None), (999_999_999, None), (1.5, None), ("soon", None), (True, None)],
)
def test_a_wait_is_kept_only_where_it_is_a_sensible_number_of_seconds(said: Any, kept: int | None) -> None:
    with pytest.raises(TryLater) as raised:
        session(post=TryLater("Too many calls.", retry_after_s=said)).post(entry())
    assert raised.value.retry_after_s == kept


UNSOUND: dict[str, tuple[str, Any, str]] = {
    "post returns nothing": ("post", None, "post() must be Receipt, not NoneType"),
    "post returns a dict": ("post", {"id": "J-1"}, "post() must be Receipt, not dict"),
    "post returns no id": ("post", replace(POSTED, id=""), "post().id must be 1 to 255 printable characters"),
    "post returns a voided journal": ("post", VOID, "post() must not return a receipt with the status void"),
    "finish returns a draft": ("finish", DRAFT, "finish() must not return a receipt with the status draft"),
    "finish returns another journal": ("finish", replace(POSTED, id="J-2"), "finish() returned the receipt of another"),
    "void returns a posted journal": ("void", POSTED, "void() must not return a receipt with the status posted"),
    "void returns another journal": ("void", replace(VOID, id="J-2"), "void() returned the receipt of another journal"),
}


@pytest.mark.parametrize(("write", "answer", "said"), UNSOUND.values(), ids=UNSOUND.keys())
def test_an_unsound_receipt_means_that_nobody_knows_whether_it_was_written(write: str, answer: Any, said: str) -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        WRITES[write](session(**{write: answer}))
    assert said in raised.value.message
    assert raised.value.code == "contract_broken"
    assert isinstance(raised.value.__cause__, ContractBroken)


def test_a_file_out_of_post_needs_the_capability_to_make_files() -> None:
    file = Receipt(id="", status=ReceiptStatus.FILE, file=File(name="a.csv", content=b"x"))
    assert session(post=file).post(entry()) == file
    with pytest.raises(OutcomeUnknown, match="needs the capability files"):
        session(info=without(Capability.FILES), post=file).post(entry())


@pytest.mark.parametrize(
    ("method", "capability"),
    [("finish", Capability.FINISH), ("void", Capability.VOID), ("changed_since", Capability.CHANGED_SINCE)],
    ids=str,
)
def test_what_a_connector_does_not_claim_is_not_called(method: str, capability: Capability) -> None:
    opened = session(info=without(capability), **{method: SystemExit("called")})
    calls = {**WRITES, "changed_since": lambda it: it.changed_since(datetime(2026, 11, 1, tzinfo=UTC))}
    with pytest.raises(NotCapable, match="Ledgerly does not offer this") as refused:
        calls[method](opened)
    assert isinstance(refused.value, NotWritten)


def test_a_receipt_survives_a_session_that_cannot_be_closed(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), session(close=SystemExit("closed")) as opened:
        receipt = opened.post(entry())
    assert receipt == POSTED
    assert [record.getMessage() for record in caplog.records] == [
        'plugin "Plugin" of no distribution failed in close() with SystemExit'
    ]
