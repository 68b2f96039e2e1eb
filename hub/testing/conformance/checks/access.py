"""Access: sign-ins that end, calls that are too many, and secrets that stay secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from hub.api import ConnectorError, ReconnectNeeded, TryLater
from hub.plugins.calls import Raised, call
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import Trial, Weather, told
from hub.testing.spoiling import Fault

WAITS = {Fault.THROTTLED_0: 0, Fault.THROTTLED_120: 120}
SENSELESS = (
    Fault.THROTTLED_NEGATIVE,
    Fault.THROTTLED_WORD,
    Fault.THROTTLED_HUGE,
    Fault.THROTTLED_SILENT,
    Fault.THROTTLED_DATE,
)
DAY_S = 86_400
LONGEST_MESSAGE = 1_000


@check(
    "access.ended",
    Grade.GOLD,
    Concerns.NETWORK,
    Concerns.SIGN_IN,
    protects="Somebody who took the access back is asked to connect again; every other error leaves the customer helpless.",
    mend="Raise ReconnectNeeded for an answer that says that the token or the consent is no longer valid.",
    deeds=("end_sign_in",),
)
def ended(trial: Trial) -> None:
    """After the access was taken back every call says that a person must connect again, and nothing is written."""
    trial.posts()
    trial.deed("end_sign_in")()
    entry = trial.entry()
    with trial.session() as session:
        for outcome in (trial.post(session, entry), _raised(lambda: list(session.find(entry)))):
            expect(isinstance(outcome, ReconnectNeeded), f"{told(outcome)} instead of ReconnectNeeded.")
    trial.nothing_stands(entry)


@check(
    "access.throttled",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="Who does not wait as long as he is asked to is shut out for longer.",
    mend="Raise TryLater for an answer 429, with the seconds of Retry-After; leave the waiting to the hub.",
)
def throttled(trial: Trial) -> None:
    """Too many calls are TryLater with the time that the answer says, 0 to a day, or none."""
    for fault in (*WAITS, *SENSELESS):
        entry = trial.entry()
        with trial.session(Weather(writing=[fault])) as session:
            outcome = trial.post(session, entry)
        expect(isinstance(outcome, TryLater), f"{fault}: {told(outcome)} instead of TryLater.")
        assert isinstance(outcome, TryLater)
        wait_s = outcome.retry_after_s
        if fault in WAITS:
            expect(wait_s == WAITS[fault], f"{fault}: retry_after_s is {wait_s}, and {WAITS[fault]} was asked for.")
        else:
            expect(wait_s is None or 0 <= wait_s <= DAY_S, f"{fault}: retry_after_s is {wait_s}.")


@check(
    "access.redaction",
    Grade.SILVER,
    Concerns.NETWORK,
    Concerns.SIGN_IN,
    protects="Messages are shown, logged and sent to support; a token in one of them is a token for everybody.",
    mend="Put no header, address or body of a request into a message, a log record or a repr.",
)
def redaction(trial: Trial) -> None:
    """No message, log record or repr holds a token."""
    with listening() as heard:
        for fault in (
            Fault.ERROR_500_AFTER,
            Fault.ANSWER_LOST,
            Fault.HTML_200,
            Fault.BAD_REQUEST_HTML,
            Fault.CONNECT_REFUSED,
        ):
            entry = trial.entry()
            with trial.session(Weather(writing=[fault], reading=[fault] * 3)) as session:
                raised = [_raised(lambda: session.find(entry)), trial.post(session, entry)]  # noqa: B023  called at once
                heard += [f"{each} {each!r}" for each in (*raised, session)]
                heard += [f"{each.code} {each.request_id}" for each in raised if isinstance(each, ConnectorError)]
    told_of = [secret for secret in trial.stand.secrets for text in heard if secret in text]
    expect(not told_of, f"A secret was told {len(told_of)} times.")


@check(
    "access.messages",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="The message is what the customer reads; without it he sees that something failed, and not why.",
    mend="Give every error one plain sentence, the system's own code where it has one, and its request id.",
)
def messages(trial: Trial) -> None:
    """Every error has a sentence for the customer that is neither empty nor a dump."""
    for fault in (
        Fault.ERROR_500_BEFORE,
        Fault.ANSWER_LOST,
        Fault.THROTTLED_120,
        Fault.HTML_200,
        Fault.CONNECT_REFUSED,
    ):
        with trial.session(Weather(writing=[fault])) as session:
            outcome = trial.post(session, trial.entry())
        expect(isinstance(outcome, ConnectorError), f"{fault}: {told(outcome)} instead of a ConnectorError.")
        assert isinstance(outcome, ConnectorError)
        expect(outcome.message.strip(), f"{fault}: {type(outcome).__name__} has no message.")
        expect(len(outcome.message) <= LONGEST_MESSAGE and "<" not in outcome.message, f"{fault}: {outcome.message!r}.")


def _raised(work: object) -> object:
    assert callable(work)
    outcome = call(work)
    return outcome.error if isinstance(outcome, Raised) else outcome


@contextmanager
def listening() -> Iterator[list[str]]:
    """Keep what is logged meanwhile, at every level."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    root, ear = logging.getLogger(), Ear(level=logging.DEBUG)
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.removeHandler(ear)
        root.setLevel(before)
