"""Exactly once: one request for one posting, what silence means, and finding what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hub.api import ConnectorError, JournalEntry, NotWritten, Receipt, TryLater
from hub.plugins.calls import Raised, call
from hub.testing.conformance.check import Concerns, Grade, check, expect
from hub.testing.conformance.trial import Trial, Weather, told
from hub.testing.spoiling import Fault

NOTHING_LEFT = (Fault.CONNECT_REFUSED, Fault.CONNECT_TIMED_OUT)
THROTTLED = tuple(fault for fault in Fault if fault.startswith("throttled"))
SAID_NO = (  # nothing was written, and a vendor may say so; who does not know may leave it open
    Fault.UNAVAILABLE_503,
    Fault.REQUEST_TIMEOUT_408,
    Fault.REDIRECT_307,
    Fault.REDIRECT_302,
    Fault.BAD_REQUEST_HTML,
)
LARGE = (Fault.GZIP_BOMB,)  # takes a second
SILENT = tuple(fault for fault in Fault if fault not in (*NOTHING_LEFT, *THROTTLED, *SAID_NO))
LOST = (Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.ERROR_500_AFTER, Fault.HTML_200)
LATE_S = 60


@check(
    "once.one_request",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="The hub writes each attempt down before it is made; an attempt that it does not know of can double a journal.",
    mend="Send the journal by one request: no retry, in your code or your transport, and no redirect followed. Where a draft is "
    "made first, post() makes it and returns it, and finish() posts it.",
)
def one_request(trial: Trial) -> None:
    """post() sends one request that writes, whatever comes back."""
    for fault in (
        None,
        Fault.UNAVAILABLE_503,
        Fault.ANSWER_LOST,
        Fault.REDIRECT_307,
        Fault.THROTTLED_0,
        Fault.CONNECT_REFUSED,
    ):
        with trial.session(Weather(writing=[fault])) as session:
            trial.sent(session, trial.entry())
        expect(trial.writings() == 1, f"It sent {trial.writings()} requests that write (fault: {fault}).")


@check(
    "once.nothing_left",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="Where no byte has left, the hub may simply try again; without being told it must search first.",
    mend="Raise TryLater for httpx2.ConnectError, ConnectTimeout and PoolTimeout, and for those alone.",
)
def nothing_left(trial: Trial) -> None:
    """Where the accounting system was not reached, post() raises TryLater."""
    for fault in NOTHING_LEFT:
        outcome, _ = _met(trial, fault)
        expect(isinstance(outcome, TryLater), f"{fault}: {told(outcome)} instead of TryLater.")


@check(
    "once.silence",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="A lost answer does not mean a lost journal: who says 'not written' makes the hub send it a second time.",
    mend="Raise OutcomeUnknown for every error and answer that is not on your closed list of refusals, a 500 and a bare 200 too.",
)
def silence(trial: Trial) -> None:
    """Whatever is lost, spoiled or unexplained is never called 'not written'."""
    for fault in SILENT:
        if trial.full or fault not in LARGE:
            outcome, entry = _met(trial, fault)
            expect(not isinstance(outcome, NotWritten), f"{fault}: {told(outcome)}, and nobody can know that.")
            _true_receipt(trial, outcome, entry, fault)


@check(
    "once.refusals",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="An answer that says no must not end as a receipt, or the journal is missing and nobody looks for it.",
    mend="Return a Receipt only for an answer of success that names the journal and carries its id.",
)
def refusals(trial: Trial) -> None:
    """An answer that refuses, redirects or makes no sense is never taken for a journal."""
    for fault in SAID_NO:
        outcome, entry = _met(trial, fault)
        _true_receipt(trial, outcome, entry, fault)


@check(
    "once.found_again",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="After a lost answer the hub looks the journal up; what is not found is sent again.",
    mend="Let find() look for entry.reference (and entry.key where the system keeps it) with the system's own search.",
)
def found_again(trial: Trial) -> None:
    """A journal whose answer was lost is found by its reference, in another session."""
    _, entry = _met(trial, Fault.ANSWER_LOST)
    with trial.session() as session:
        found = trial.found(session, entry)
    standing = trial.stands_once(entry)
    expect(found == [standing.id], f"find() returned {found or 'nothing'}, and {standing.id} stands there.")


@check(
    "once.key",
    Grade.SILVER,
    Concerns.NETWORK,
    Concerns.KEY,
    protects="The guarantee server_key promises that sending again adds nothing.",
    mend="Send entry.key as the system's idempotency key on every attempt, and the same bytes with it; make no key of your own.",
)
def key(trial: Trial) -> None:
    """An entry that is sent again, after an answer or after a lost one, is there once."""
    for fault in (None, Fault.ANSWER_LOST):
        entry = trial.entry()
        for weather in (Weather(writing=[fault]), Weather()):
            with trial.session(weather) as session:
                trial.post(session, entry)
        trial.stands_once(entry)


@check(
    "once.same_bytes",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="A system that compares bodies refuses a key with another body, or books the second one.",
    mend="Make the request of the entry alone: no clock, no counter, no random number, no order of a set.",
)
def same_bytes(trial: Trial) -> None:
    """Two attempts at one entry send the same bytes to the same address."""
    entry, seen = trial.entry(), []
    for _ in range(2):
        with trial.session(Weather(writing=[Fault.REQUEST_LOST])) as session:
            trial.post(session, entry)
        assert trial.network is not None
        seen.append([(str(request.url), request.content) for request in trial.network.writings()])
        trial.stand.clock.advance(1)
    expect(seen[0] == seen[1], "The second attempt sent something else than the first.")


@check(
    "once.adds",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="A journal that somebody has corrected there must not be overwritten when the hub sends an entry again.",
    mend="Call what adds a journal, never what adds or changes one (an upsert).",
    deeds=("edit",),
)
def adds(trial: Trial) -> None:
    """Posting an entry again leaves a journal that was edited there as it was edited."""
    entry = trial.posts()
    (before,) = trial.standing(entry)
    trial.deed("edit")(before.id)
    (edited,) = trial.standing(entry)
    expect(edited.recorded != before.recorded, "The stand's edit changed nothing.")
    with trial.session() as session:
        trial.post(session, entry)
    left = [each.recorded for each in trial.standing(entry) if each.id == before.id]
    expect(left == [edited.recorded], "The journal that a person had edited was overwritten.")


@check(
    "once.finds_all",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="Two journals of one reference are a doubled posting, and only who sees both can tell a person.",
    mend="Return every journal that carries the reference from find(), not the first one.",
)
def finds_all(trial: Trial) -> None:
    """find() returns as many journals as carry the reference."""
    entry = trial.entry()
    for attempt in (entry, replace(entry, key="f" * 32)):
        with trial.session() as session:
            trial.post(session, attempt)
    standing = sorted(each.id for each in trial.standing(entry))
    with trial.session() as session:
        found = sorted(receipt.id for receipt in session.find(entry))
    expect(found == standing, f"find() returned {found}, and {standing} stand there.")


@check(
    "once.finds_nothing_else",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="Who finds somebody else's journal calls a posting done that never happened.",
    mend="Compare the reference of each journal that the search returns; a search by date, memo or prefix is not enough.",
)
def finds_nothing_else(trial: Trial) -> None:
    """find() returns nothing for an entry that was never posted, whatever else stands there."""
    trial.posts()
    posted = trial.posts("1.00")
    never = trial.entry()
    near = trial.entry(reference=f"{posted.reference[:-1]}Z")
    with trial.session() as session:
        for entry in (never, near):
            found = [receipt.id for receipt in session.find(entry)]
            expect(not found, f"find() returned {found} for an entry that was never posted.")


@check(
    "once.no_is_certain",
    Grade.SILVER,
    Concerns.NETWORK,
    protects="'There is none' makes the hub send again; a search that failed must not be taken for one that found nothing.",
    mend="Raise ConnectorError from find() for every error, and for every answer that is not a whole list.",
)
def no_is_certain(trial: Trial) -> None:
    """A look-up that fails raises, and never says that there is no journal."""
    entry = trial.posts()
    for fault in _sample(trial, Fault):
        with trial.session(Weather(reading=[fault])) as session:
            outcome = call(lambda: list(session.find(entry)))
        if isinstance(outcome, Raised):
            expect(isinstance(outcome.error, ConnectorError), f"{fault}: find() raised {told(outcome.error)}.")
        else:
            expect(len(outcome) == 1, f"{fault}: find() says that there are {len(outcome)} journals.")


@check(
    "once.finish_lost",
    Grade.SILVER,
    Concerns.NETWORK,
    Concerns.FINISH,
    protects="A draft that is posted by a call of its own has a second answer to lose, and it may be posted all the same.",
    mend="Sort what goes wrong in finish() as in post(): OutcomeUnknown for all that is not certain; and let finish() look "
    "first whether the draft was posted meanwhile.",
    deeds=("draft_next",),
)
def finish_lost(trial: Trial) -> None:
    """A draft whose posting was lost is never called 'not written', and is a journal once it was looked up."""
    for fault in LOST:
        trial.deed("draft_next")()
        entry = trial.entry()
        with trial.session(Weather(writing=[None, fault])) as session:
            outcome = trial.post(session, entry)
        expect(
            isinstance(outcome, ConnectorError) and not isinstance(outcome, NotWritten),
            f"{fault}: {told(outcome)}, and nobody can know that.",
        )
        with trial.session() as session:
            found = trial.found(session, entry)
        expect(found == [trial.stands_once(entry).id], f"{fault}: find() returned {found} for the draft.")


@check(
    "once.late",
    Grade.GOLD,
    Concerns.NETWORK,
    protects="Some systems write a journal minutes after the call; the hub waits as long as the connector says.",
    mend="Declare limits.latest_commit_s as long as the system may take, and let find() search each time anew.",
    deeds=("commit_late",),
)
def late(trial: Trial) -> None:
    """A journal that comes late is found when it has come, within the time that the connector declares."""
    declared = trial.host.limits(trial.settings).latest_commit_s
    expect(declared and declared >= LATE_S, f"limits.latest_commit_s is {declared}; a minute is the least to expect.")
    trial.deed("commit_late")(LATE_S)
    entry = trial.entry()
    with trial.session() as session:
        outcome = trial.post(session, entry)
        expect(not isinstance(outcome, NotWritten | Receipt), f"A lost answer became {told(outcome)}.")
        trial.stand.clock.advance(LATE_S + 1)
        found = trial.found(session, entry)
    expect(found == [trial.stands_once(entry).id], f"find() returned {found} after the journal had come.")


def _met(trial: Trial, fault: Fault) -> tuple[Receipt | BaseException, JournalEntry]:
    """Post an entry whose writing call meets a fault."""
    entry = trial.entry()
    with trial.session(Weather(writing=[fault])) as session:
        return trial.post(session, entry), entry


def _true_receipt(trial: Trial, outcome: object, entry: JournalEntry, fault: Fault) -> None:
    standing = [each.id for each in trial.standing(entry)]
    expect(len(standing) <= 1, f"{fault}: {len(standing)} journals stand there.")
    if isinstance(outcome, Receipt):
        expect(standing == [outcome.id], f"{fault}: a receipt came back, and no such journal stands there.")


def _sample(trial: Trial, faults: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in faults if trial.full or fault not in LARGE]
