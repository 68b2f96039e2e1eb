"""Reading back: what stands there now, what changed, and what can be completed or voided."""

from __future__ import annotations

from datetime import timedelta

import httpx2

from hub.api import (
    ConnectorError,
    FinishingSession,
    OutcomeUnknown,
    Receipt,
    ReceiptStatus,
    VoidingSession,
    WatchingSession,
)
from hub.domain.comparing import differences
from hub.plugins.calls import Raised, call
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import Trial, Weather, told
from hub.testing.spoiling import Fault

SENSELESS = (b"", b"null", b"[]", b"{}", b"7", b'"ok"', b"<html></html>", b"\xff\xfe", b"[" * 5_000, b'{"error": null}')
LARGE = (Fault.GZIP_BOMB,)
PAUSE_S = 600  # shorter than a token lives


@check(
    "reading.as_it_stands",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="The hub compares what stands there with what was sent; a comparison with your own memory finds nothing.",
    mend="Ask the system in read(), and build Recorded of its answer alone.",
    deeds=("edit",),
)
def as_it_stands(trial: Trial) -> None:
    """read() tells a journal as it stands there now, also after somebody has edited it."""
    entry = trial.entry("4812.37", "12.50")
    with trial.session() as session:
        receipt = trial.posted(session, entry)
        recorded = session.read(receipt)
        expect(recorded is not None and not differences(entry, recorded), f"read() returned {recorded}.")
        trial.deed("edit")(receipt.id)
        edited = session.read(receipt)
    expect(edited is not None and differences(entry, edited), "read() does not show what a person has edited.")


@check(
    "reading.gone",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="A journal that was deleted must be told as gone, and one that could not be read must not.",
    mend="Return None from read() only where the system says that there is no such journal; raise ConnectorError for all else.",
    deeds=("delete",),
)
def gone(trial: Trial) -> None:
    """read() returns None where the journal was deleted, and never where the reading failed."""
    entry = trial.entry()
    with trial.session() as session:
        receipt = trial.posted(session, entry)
    for fault in Fault:
        if trial.full or fault not in LARGE:
            with trial.session(Weather(reading=[fault] * 2)) as session:
                outcome = call(lambda: session.read(receipt))
            expect(outcome is not None, f"{fault}: read() says that the journal is gone.")
    trial.deed("delete")(receipt.id)
    with trial.session() as session:
        left = session.read(receipt)
    expect(left is None or left.status is ReceiptStatus.VOID, f"read() returned {left} after it was deleted.")


@check(
    "reading.receipt",
    Grade.SILVER,
    protects="The receipt is the proof: its id is what everything later goes by.",
    mend="Take the id from the answer, and `recorded` only where the answer echoes the journal.",
)
def receipt(trial: Trial) -> None:
    """The receipt names the journal that stands there, and repeats it truly where it repeats it."""
    entry = trial.entry("4812.37", "12.50")
    with trial.host.open(trial.connection()) as session:
        got = trial.post(session, entry)
    expect(isinstance(got, Receipt), f"The hub does not take what post() returned: {told(got)}.")
    assert isinstance(got, Receipt)
    standing = trial.stands_once(entry)
    expect(got.id in (standing.id, standing.reference), f"The receipt names {got.id}, and {standing.id} stands there.")
    echoed = got.recorded
    expect(echoed is None or not differences(entry, echoed), f"The receipt repeats something else: {echoed}.")
    expect(echoed is None or echoed.currency == trial.stand.currency, f"The receipt says {echoed}.")


@check(
    "reading.senseless_answers",
    Grade.PLATINUM,
    Concerns.NETWORK,
    protects="A proxy's page or half an answer is not an accounting system's word.",
    mend="Check every field of an answer before you use it; raise OutcomeUnknown after a write, ConnectorError after a read.",
)
def senseless_answers(trial: Trial) -> None:
    """An answer that makes no sense is OutcomeUnknown after a write and ConnectorError after a read."""
    for content in SENSELESS:

        def spoiled(request: httpx2.Request, answer: httpx2.Response, content: bytes = content) -> httpx2.Response:
            return _instead(answer, content) if trial.stand.writes(request) else answer

        with trial.session(Weather(answer=spoiled)) as session:
            posted = trial.post(session, trial.entry())
        expect(isinstance(posted, OutcomeUnknown), f"{content[:20]!r} after a write: {told(posted)}.")
        with trial.session(Weather(answer=lambda _request, answer: _instead(answer, content))) as session:  # noqa: B023
            listed = call(lambda: list(session.accounts()))
        raised = listed.error if isinstance(listed, Raised) else None
        expect(isinstance(raised, ConnectorError), f"{content[:20]!r}: accounts() returned {listed}.")


@check(
    "reading.changed_since",
    Grade.GOLD,
    Concerns.NETWORK,
    Concerns.CHANGED_SINCE,
    protects="Each night the hub asks what was changed; what is not told is not noticed.",
    mend="Ask for all changes since the instant, page after page; hand an aware instant over as the system wants it.",
    deeds=("edit",),
)
def changed_since(trial: Trial) -> None:
    """changed_since() tells of a journal that was edited after the instant, and not of one that was not."""
    entries = [trial.posts(), trial.posts("1.00")]
    ids = [trial.stands_once(entry).id for entry in entries]
    trial.stand.clock.advance(PAUSE_S)
    since = trial.stand.clock.now() - timedelta(seconds=60)
    trial.deed("edit")(ids[0])
    with trial.session() as session:
        watching: WatchingSession = session  # type: ignore[assignment]
        changed = {each.id for each in watching.changed_since(since)}
    expect(ids[0] in changed, f"It tells of {changed or 'nothing'}, and {ids[0]} was edited.")
    expect(ids[1] not in changed, f"It tells of {ids[1]}, which nobody has touched since.")


@check(
    "reading.finish",
    Grade.PLATINUM,
    Concerns.NETWORK,
    Concerns.FINISH,
    protects="A draft that a lost call left is completed, not sent a second time.",
    mend="Let finish() post the journal of the receipt, and return it as it stands then.",
    deeds=("draft_next",),
)
def finish(trial: Trial) -> None:
    """finish() posts the draft of a receipt, and makes no other journal."""
    trial.deed("draft_next")()
    entry = trial.entry()
    with trial.session() as session:
        draft = trial.sent(session, entry)
        expect(
            isinstance(draft, Receipt) and draft.status is ReceiptStatus.DRAFT, f"A draft came back as {told(draft)}."
        )
        assert isinstance(draft, Receipt)
        before = trial.writings()
        finishing: FinishingSession = session  # type: ignore[assignment]
        done = finishing.finish(draft, entry)
        sent = trial.writings() - before
    expect(sent == 1, f"finish() sent {sent} requests that write.")
    expect((done.id, done.status) == (draft.id, ReceiptStatus.POSTED), f"finish() returned {done}.")
    trial.stands_once(entry)


@check(
    "reading.void",
    Grade.PLATINUM,
    Concerns.NETWORK,
    Concerns.VOID,
    protects="A voided journal must stay visible, or the trail is cut.",
    mend="Claim void only where the system keeps the voided journal, and return it with that status.",
)
def void(trial: Trial) -> None:
    """void() leaves the journal there as void."""
    entry = trial.entry()
    with trial.session() as session:
        posted = trial.posted(session, entry)
        voiding: VoidingSession = session  # type: ignore[assignment]
        voided = voiding.void(posted)
        left = session.read(posted)
    expect((voided.id, voided.status) == (posted.id, ReceiptStatus.VOID), f"void() returned {voided}.")
    expect(left is not None and left.status is ReceiptStatus.VOID, f"read() returned {left}.")


def _instead(answer: httpx2.Response, content: bytes) -> httpx2.Response:
    return httpx2.Response(answer.status_code, headers={"Content-Type": "application/json"}, content=content)
