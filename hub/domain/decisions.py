"""What a person decided on the problems of a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

PRIOR_CHOICES = ("undone", "accept", "restored")
MOVED_CHOICES = ("same_books", "other_books")


class DecisionUnreadable(ValueError):
    """A decision that is not one of the known ones, or lacks its parts; the message says what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Decisions, read from `KEY=VALUE`; texts: sorted, each once, as they enter the preview's hash."""

    texts: tuple[str, ...] = ()
    date: date | None = None
    zero: frozenset[tuple[str, str]] = frozenset()
    acknowledged: frozenset[str] = frozenset()
    mark_exported: bool = False
    prior: str = ""
    prior_accounts: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)


def read_decisions(texts: Sequence[str]) -> Decisions:
    """Read decisions such as `zero=DT/Meat` or `acknowledge=negative_value`; raises DecisionUnreadable."""
    found = [_split(text) for text in texts]
    return Decisions(
        texts=tuple(sorted({f"{key}={value}" for key, value in found})),
        date=_date(_only("date", found)),
        zero=frozenset(_two(value, "zero=SITE/CATEGORY") for key, value in found if key == "zero"),
        acknowledged=frozenset(value for key, value in found if key == "acknowledge"),
        mark_exported=_one_of("mark_exported", _only("mark_exported", found), ("yes",)) == "yes",
        prior=_one_of("prior", _only("prior", found), PRIOR_CHOICES),
        prior_accounts=dict(_two(value, "prior_account=OLD/NEW") for key, value in found if key == "prior_account"),
        moved={
            site: _one_of("moved", choice, MOVED_CHOICES)
            for site, choice in (_two(value, "moved=SITE/same_books") for key, value in found if key == "moved")
        },
    )


KEYS = ("date", "zero", "acknowledge", "mark_exported", "prior", "prior_account", "moved")


def _split(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    key, value = key.strip(), value.strip()
    if not equals or key not in KEYS or not value:
        raise DecisionUnreadable(
            f"{text!r} is not a decision. Decisions are KEY=VALUE, with KEY one of {', '.join(KEYS)}."
        )
    return key, value


def _only(key: str, found: list[tuple[str, str]]) -> str:
    values = {value for known, value in found if known == key}
    if len(values) > 1:
        raise DecisionUnreadable(f"{key} was decided in two ways: {' and '.join(sorted(values))}.")
    return next(iter(values), "")


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DecisionUnreadable(f"date={text} is not a date; write it as 2026-11-01.") from error


def _two(text: str, shape: str) -> tuple[str, str]:
    first, slash, second = text.partition("/")
    if not (slash and first.strip() and second.strip()):
        raise DecisionUnreadable(f"{text!r} lacks a part; the decision is {shape}.")
    return first.strip(), second.strip()


def _one_of(key: str, value: str, choices: tuple[str, ...]) -> str:
    if value and value not in choices:
        raise DecisionUnreadable(f"{key} takes {' or '.join(choices)}, not {value!r}.")
    return value
