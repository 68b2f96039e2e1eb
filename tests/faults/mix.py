"""What can go wrong in one schedule, and how often."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from hub.testing.ledger import LedgerFault
from hub.testing.lossy import Fault
from hub.testing.profile import Profile
from tests.faults.moments import AT, Mishap, Moment

PROFILES = tuple(Profile)
SWITCHED_ON = 0.25
FIRED = 0.25
# Of some thirty kinds, seven are switched on: with a quarter each, hardly a call would get through.
NETWORK_FIRED = (1 / 64, 1 / 32, 1 / 16, 1 / 4)
PER_MOMENT = {
    Moment.READING: 1 / 48,
    Moment.WRITING: 1 / 16,
    Moment.BEFORE_COMMIT: 1 / 16,
    Moment.AFTER_COMMIT: 1 / 16,
    Moment.BEFORE_CALL: 1 / 8,
    Moment.AFTER_CALL: 1 / 8,
}
MISHAP_RATES = {mishap: PER_MOMENT[moment] for moment, mishaps in AT.items() for mishap in mishaps}
KEYED = (Profile.REQUEST_ID, Profile.SHORT_KEY, Profile.EXTERNAL_ID)


class Deed(StrEnum):
    """What people, workers, the users of the ledger and operators do."""

    EXPORT = "export"
    PRESS_AGAIN = "press_again"
    WORK = "work"
    WAIT = "wait"
    UNDO = "undo"
    WITHDRAW = "withdraw"
    RESUME = "resume"
    ACCEPT = "accept"
    CHECK = "check"
    DECIDE = "decide"
    AMEND = "amend"
    MAP = "map"
    PAUSE = "pause"
    EDIT_THERE = "edit_there"
    DELETE_THERE = "delete_there"
    VOID_THERE = "void_there"
    CLOSE_PERIOD = "close_period"
    DEACTIVATE = "deactivate"
    REVOKE = "revoke"
    PUT_RIGHT = "put_right"
    OUTAGE = "outage"
    SET_CLOCK = "set_clock"
    SET_DATABASE_CLOCK = "set_database_clock"
    BACK_UP = "back_up"
    RESTORE = "restore"


ALWAYS = {Deed.EXPORT: 3.0, Deed.PRESS_AGAIN: 1.0, Deed.WORK: 1.0, Deed.WAIT: 2.0}
# What is done, as likely as not, right after something else was.
SEQUELS: Mapping[Deed, tuple[Deed, ...]] = {
    Deed.UNDO: (Deed.WITHDRAW,),
    Deed.BACK_UP: (Deed.EXPORT, Deed.RESTORE),
    Deed.EDIT_THERE: (Deed.DECIDE,),
    Deed.DELETE_THERE: (Deed.DECIDE,),
    Deed.VOID_THERE: (Deed.DECIDE,),
    Deed.CLOSE_PERIOD: (Deed.EXPORT, Deed.PUT_RIGHT),
}
ONLY_AFTER = (Deed.WITHDRAW, Deed.RESTORE, Deed.DECIDE, Deed.PUT_RIGHT, Deed.ACCEPT)
MISRECORDING = frozenset({LedgerFault.CENT_CHANGED, LedgerFault.LINE_DROPPED, LedgerFault.DATE_CHANGED})
SOMETIMES = {deed: 2.0 for deed in Deed if deed not in ALWAYS and deed not in ONLY_AFTER}

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """One schedule's circumstances.

    network, ledger, mishaps: how likely each befalls a request, a write, a moment (0 to 1); deeds: how often each is done,
    relative to the others; steps: how many are; handed_over: exports are left to the workers; hasty: at the end hours pass
    at once, so that everything under way has arrived before it is looked for.
    """

    profile: Profile
    network: Mapping[Fault, float] = field(default_factory=dict)
    ledger: Mapping[LedgerFault, float] = field(default_factory=dict)
    mishaps: Mapping[Mishap, float] = field(default_factory=dict)
    deeds: Mapping[Deed, float] = field(default_factory=lambda: ALWAYS)
    steps: int = 4
    lines_per_entry: int | None = None
    handed_over: bool = False
    two_companies: bool = False
    hasty: bool = True


def drawn(chance: random.Random, profile: Profile) -> Mix:
    """Return circumstances in two levels: each kind is switched on for a run with a quarter, and then fires now and then."""
    rate = chance.choice(NETWORK_FIRED)
    mix = Mix(
        profile=profile,
        network=_switched_on(chance, dict.fromkeys(chance.sample(list(Fault), len(Fault)), rate)),
        ledger=_switched_on(chance, dict.fromkeys(applying(profile), FIRED)),
        mishaps=_switched_on(chance, MISHAP_RATES),
        deeds={**ALWAYS, **_switched_on(chance, SOMETIMES)},
        steps=chance.randint(1, 4),
        lines_per_entry=chance.choice((None, None, None, 6, 4)),
        handed_over=chance.random() < 0.5,
        two_companies=chance.random() < SWITCHED_ON,
        hasty=chance.random() < 0.75,
    )
    if not MISRECORDING.isdisjoint(mix.ledger):
        mix = replace(mix, deeds={**mix.deeds, Deed.ACCEPT: 4.0})
    return _repeating(mix) if LedgerFault.KEY_IGNORED in mix.ledger else mix


def _repeating(mix: Mix) -> Mix:
    """Return circumstances in which keys are repeated: journals that stand there, and look-ups that do not show them."""
    ledger = {**mix.ledger, LedgerFault.LOOK_UP_LAG: 1.0}
    return replace(mix, ledger=ledger, network={**mix.network, Fault.ANSWER_LOST: 0.5}, hasty=False)


def applying(profile: Profile) -> Iterable[LedgerFault]:
    """Return the faults that a ledger of this profile can have: a key can only be ignored where there is one."""
    return [fault for fault in LedgerFault if fault is not LedgerFault.KEY_IGNORED or profile in KEYED]


def _switched_on(chance: random.Random, rates: Mapping[Kind, float]) -> dict[Kind, float]:
    return {kind: rate for kind, rate in rates.items() if chance.random() < SWITCHED_ON}
