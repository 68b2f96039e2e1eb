"""How one posting moves from state to state: every decision of it, without a clock, a database or a network.

The rules have the numbers of the design's list (R1 to R17). Each decision is a method of `Rules`, so that a test can leave
one out and see that it is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hub.api import Limits


class State(StrEnum):
    """Where a posting stands."""

    FROZEN = "FROZEN"
    SENDING = "SENDING"
    UNKNOWN = "UNKNOWN"
    REJECTED = "REJECTED"
    MISMATCH = "MISMATCH"
    FILE_READY = "FILE_READY"
    POSTED = "POSTED"
    UNDONE = "UNDONE"


class Outcome(StrEnum):
    """What a call told: of a send, of a look-up, or of either."""

    DONE = "done"
    TRY_LATER = "try_later"
    RECONNECT = "reconnect"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    FOUND = "found"
    ABSENT = "absent"
    FAILED = "failed"


class Action(StrEnum):
    """What to do with a posting now."""

    SEND = "send"
    LOOK_UP = "look_up"
    WAIT = "wait"
    REST = "rest"


TOO_MANY = "too_many_calls"
RECONNECT = "reconnect_needed"
EXPORT_RANK = (
    State.UNKNOWN,
    State.SENDING,
    State.FROZEN,
    State.FILE_READY,
    State.MISMATCH,
    State.REJECTED,
    State.POSTED,
)
PARTLY_POSTED = "PARTLY_POSTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things may take, in seconds.

    call_s: a guarded call into a plugin; send_within_s: between writing an attempt down and its first byte; lease_s: how
    long a worker holds a posting without renewing; alive_s: how long a worker counts as alive without a sign of life; lag_s:
    until a system's search shows what it committed; commit_s: its slowest commit where the connector declares none.
    """

    call_s: float = 45
    send_within_s: float = 10
    lease_s: float = 150
    alive_s: float = 10
    lag_s: float = 10
    commit_s: float = 60
    first_wait_s: float = 15
    longest_wait_s: float = 3600
    probe_s: float = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the rules look at: instants are the database's; held: somebody alive has it on lease."""

    state: State
    sends: int = 0
    calls: int = 0
    sent_at: datetime | None = None
    due_at: datetime | None = None
    uncertain: bool = False
    needs_attention: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call came back with; wait_s: how long the system asked to wait; differences: what it recorded otherwise."""

    outcome: Outcome
    wait_s: float | None = None
    differences: tuple[str, ...] = ()


class Rules:
    """Every decision about a posting."""

    def __init__(self, timing: Timing | None = None) -> None:
        self.timing = timing or Timing()

    def quiet_s(self, limits: Limits) -> float:
        """R5: how long after a send silence lasts until a look-up may be believed (seconds)."""
        commit = self.timing.commit_s if limits.latest_commit_s is None else limits.latest_commit_s
        short_key = limits.key_life_s if limits.key_life_s is not None and limits.key_life_s < commit else 0
        return self.timing.send_within_s + self.timing.call_s + max(commit, short_key) + self.timing.lag_s

    def next_action(self, standing: Standing, now: datetime, *, look_first: bool) -> Action:
        """Return what to do with a posting now; look_first: the database was restored from an older copy (R17)."""
        if standing.needs_attention or standing.held or not self._moves(standing):
            return Action.REST
        if standing.due_at is not None and standing.due_at > now:
            return Action.WAIT
        if standing.state is State.FROZEN:
            return Action.LOOK_UP if self.looks_first(look_first=look_first) else Action.SEND
        return Action.LOOK_UP

    def looks_first(self, *, look_first: bool) -> bool:
        """R17: whether even a posting that certainly never arrived is looked for before it is sent.

        However often it was tried: what the older copy knows of it may have been followed by a send that was answered.
        """
        return look_first

    def is_quiet(self, standing: Standing, now: datetime, limits: Limits) -> bool:
        """R5, R6, R8: whether silence has lasted long enough since the last send for `absent` to be believed.

        What is frozen was not written, as far as is known, so that there is no silence to wait for.
        """
        if standing.state is State.FROZEN or standing.sent_at is None:
            return True
        return now >= standing.sent_at + timedelta(seconds=self.quiet_s(limits))

    def next_look_at(self, standing: Standing, now: datetime, limits: Limits) -> datetime:
        """R5: when to look up next: soon and then less often, since what is found counts at once, and when it is quiet."""
        soon = now + timedelta(seconds=self.wait_s(standing, None))
        if standing.sent_at is None:
            return soon
        quiet_at = standing.sent_at + timedelta(seconds=self.quiet_s(limits))
        return min(soon, quiet_at) if quiet_at > now else soon

    def sends_after_absent(self, standing: Standing, *, quiet: bool) -> bool:
        """R6: whether a look-up that says absent is followed by a send; a refusal stands instead (R8)."""
        return quiet and standing.state is not State.REJECTED

    def after_absent(self, standing: Standing, now: datetime, limits: Limits, *, quiet: bool) -> Standing:
        """R5, R8: absent is believed only when it is quiet; a refused posting then stays refused, for certain."""
        if not quiet:
            return self._capped(replace(standing, due_at=self.next_look_at(standing, now, limits)))
        return replace(standing, state=State.REJECTED, uncertain=False, due_at=None)

    def after_send(self, standing: Standing, answer: Answer, now: datetime, limits: Limits) -> Standing:
        """Return where a posting stands after a send; standing is as of the moment before it (R4, R8)."""
        match answer.outcome:
            case Outcome.DONE:
                return self.after_seen(standing, answer)
            case Outcome.REJECTED:
                return self._after_refusal(standing, now, limits)
            case Outcome.TRY_LATER | Outcome.RECONNECT if standing.uncertain:
                return self._waiting(standing, State.UNKNOWN, answer, now)
            case Outcome.TRY_LATER | Outcome.RECONNECT:
                return self._waiting(standing, State.FROZEN, answer, now)
            case _:
                unknown = replace(standing, state=State.UNKNOWN, uncertain=True)
                return self._capped(replace(unknown, due_at=self.next_look_at(unknown, now, limits)))

    def after_look_up(self, standing: Standing, answer: Answer, now: datetime) -> Standing:
        """Return where a posting stands after a look-up that found it or failed; R5: failed is never absent."""
        if answer.outcome is Outcome.FOUND:
            return self.after_seen(standing, answer)
        return self._waiting(standing, standing.state, answer, now)

    def after_seen(self, standing: Standing, answer: Answer) -> Standing:
        """R9: posted when the system holds what was frozen; anything else is shown, never silently posted."""
        state = State.MISMATCH if answer.differences else State.POSTED
        return replace(standing, state=state, uncertain=False, due_at=None, needs_attention="")

    def cut_off(self, standing: Standing, now: datetime) -> Standing:
        """Return where a posting stands whose worker died or stalled in mid-call: it may have been written."""
        if standing.state is not State.SENDING:
            return replace(standing, due_at=now)
        return replace(standing, state=State.UNKNOWN, uncertain=True, due_at=now)

    def after_resume(self, standing: Standing, now: datetime) -> Standing:
        """Return where a posting stands after a person saw to what kept it: refused for certain goes out again."""
        state = State.FROZEN if standing.state is State.REJECTED and not standing.uncertain else standing.state
        return replace(standing, state=state, due_at=now, needs_attention="", calls=0)

    def may_confirm(self, state: State) -> bool:
        """R13: whether a late answer may still say that a posting is there; nothing else may it say."""
        return state in (State.SENDING, State.UNKNOWN, State.REJECTED, State.FROZEN)

    def most_calls(self) -> int:
        """R11: how many calls for one posting, until a person looks at it."""
        return 40

    def _moves(self, standing: Standing) -> bool:
        if standing.state is State.REJECTED:
            return standing.uncertain
        return standing.state in (State.FROZEN, State.SENDING, State.UNKNOWN)

    def _after_refusal(self, standing: Standing, now: datetime, limits: Limits) -> Standing:
        refused = replace(standing, state=State.REJECTED)
        if self.refusal_is_certain(standing):
            return replace(refused, uncertain=False, due_at=None)
        refused = replace(refused, uncertain=True)
        return replace(refused, due_at=self.next_look_at(refused, now, limits))

    def refusal_is_certain(self, standing: Standing) -> bool:
        """R8: whether a refusal says that nothing was ever written: on the first send only."""
        return standing.sends <= 1

    def _waiting(self, standing: Standing, state: State, answer: Answer, now: datetime) -> Standing:
        if answer.outcome is Outcome.RECONNECT:
            return replace(standing, state=state, due_at=None, needs_attention=RECONNECT)
        wait = self.wait_s(standing, answer.wait_s)
        return self._capped(replace(standing, state=state, due_at=now + timedelta(seconds=wait)))

    def wait_s(self, standing: Standing, asked_s: float | None) -> float:
        """Return how long until the next call: as long as the system asked, else longer each time (seconds)."""
        timing = self.timing
        own = min(timing.first_wait_s * 2 ** min(max(standing.calls - 1, 0), 16), timing.longest_wait_s)
        return own if asked_s is None else min(max(asked_s, 1), timing.longest_wait_s)

    def _capped(self, standing: Standing) -> Standing:
        if standing.calls < self.most_calls():
            return standing
        return replace(standing, due_at=None, needs_attention=TOO_MANY)


def export_state(states: Sequence[State]) -> str:
    """Return an export's state: its least settled posting's; some posted and one refused is PARTLY_POSTED."""
    if not states:
        return State.POSTED.value
    if (
        State.REJECTED in states
        and State.POSTED in states
        and not {State.UNKNOWN, State.SENDING, State.FROZEN} & set(states)
    ):
        return PARTLY_POSTED
    return min(states, key=EXPORT_RANK.index).value
