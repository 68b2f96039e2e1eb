"""One check of a connector: its grade, what it protects, how a failure is mended, and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, IntEnum
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.testing.conformance.trial import Trial

Run = Callable[["Trial"], None]


class Grade(IntEnum):
    """How far a connector can be trusted; each grade asks for its own checks and for all of those below it.

    none: a check of bronze fails; bronze: the money is right; silver: each journal is there once, whatever fails; gold: all that
    happens in a customer's books is understood and told; platinum: the rest, so that nothing is left to a person.
    """

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3
    PLATINUM = 4

    @property
    def word(self) -> str:
        """The grade in lower case."""
        return self.name.lower()


class Concerns(Enum):
    """Which connectors a check is for: those that post over the network, make files, or declare what is named."""

    NETWORK = "it posts over the network"
    FILES = "it makes files"
    KEY = "its guarantee is server_key"
    SIGN_IN = "people sign in to it"
    FINISH = "it claims finish"
    CHANGED_SINCE = "it claims changed_since"
    VOID = "it claims void"
    DIMENSIONS = "its lines carry dimensions"
    COMPANIES = "a sign-in reaches books that are chosen"


class NotConforming(AssertionError):
    """A connector does not do what a check asks; the message says what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check.

    id: topic and name, for scale.yaml; title: what is asked, as a sentence; protects, mend: sentences for the connector's
    author; concerns: all of which must hold, else the check does not apply; deeds: names of what the stand must be able to do.
    """

    id: str
    grade: Grade
    title: str
    protects: str
    mend: str
    run: Run
    concerns: frozenset[Concerns] = frozenset()
    deeds: tuple[str, ...] = ()


def check(
    name: str,
    grade: Grade,
    *concerns: Concerns,
    protects: str,
    mend: str,
    deeds: tuple[str, ...] = (),
) -> Callable[[Run], Check]:
    """Make a check of a function, whose docstring is its title."""

    def made(run: Run) -> Check:
        title = " ".join((run.__doc__ or "").split())
        return Check(
            id=name,
            grade=grade,
            title=title,
            protects=protects,
            mend=mend,
            run=run,
            concerns=frozenset(concerns),
            deeds=deeds,
        )

    return made


def checks_of(*modules: ModuleType) -> tuple[Check, ...]:
    """Return the checks of modules, as they stand there."""
    return tuple(each for module in modules for each in vars(module).values() if isinstance(each, Check))


def expect(held: object, otherwise: str) -> None:
    """Go on where something holds; raises NotConforming with what was seen instead."""
    if not held:
        raise NotConforming(otherwise)
