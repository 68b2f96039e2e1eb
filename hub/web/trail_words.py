"""The audit trail in a bookkeeper's words: what was done to what, and what was there before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from hub.service.trail import Told
from hub.web import states
from hub.web.access_words import SWITCHES
from hub.web.pages.imports import WORDS as IMPORTS
from hub.web.pages.settings import WORDS as SETTINGS

EXPORTS, POSTING, IMPORTED, SET_UP, PEOPLE, HUB = "exports", "posting", "imports", "setup", "people", "hub"
KINDS: Mapping[str, str] = {
    EXPORTS: "Exports and undo",
    POSTING: "Posting, step by step",
    IMPORTED: "Imports of inventory",
    SET_UP: "Set-up and settings",
    PEOPLE: "Users and access",
    HUB: "The company and its trail",
}
"""The kinds of changes that the trail can be narrowed to."""
STOCK = frozenset({"counts", "transfers", "production", "opening"})
"""Imports of inventory; any other is of set-up."""
ACTIONS: Mapping[str, tuple[str, str]] = {
    "export": (EXPORTS, "Exported {subject}"),
    "close site": (EXPORTS, "Posted the closing entry of site {subject}"),
    "ask opening": (EXPORTS, "Opening values of site {subject} are asked for anew, as it moved to other books"),
    "undo": (EXPORTS, "Undid {subject}"),
    "withdraw undo": (EXPORTS, "Withdrew the undo of {subject}"),
    "confirm": (EXPORTS, "Confirmed that the files of {subject} were imported"),
    "resume": (EXPORTS, "Tried {subject} again"),
    "accept": (EXPORTS, "Accepted what stands there for {subject}"),
    "prior changed": (EXPORTS, "Decided what stands on the books of {subject}"),
    "held back": (EXPORTS, "Held a count of {subject} back from automatic export"),
    "file ready": (POSTING, "Made the files of {subject}"),
    "send": (POSTING, "Sent {subject}"),
    "frozen": (POSTING, "{subject} waits to be sent again"),
    "sending": (POSTING, "{subject} is being sent"),
    "unknown": (POSTING, "No answer about {subject}: it is looked for before anything is sent"),
    "posted": (POSTING, "{subject} is posted"),
    "rejected": (POSTING, "{subject} was refused"),
    "mismatch": (POSTING, "{subject} was recorded otherwise than it was sent"),
    "file_ready": (POSTING, "The files of {subject} are ready"),
    "undone": (POSTING, "{subject} is undone"),
    "taken over": (POSTING, "Took {subject} over from a worker that stopped"),
    "checked there": (POSTING, "Looked what stands there for {subject}"),
    "altered": (POSTING, "Stopped {subject}: its stored entry is not the one that was exported"),
    "duplicate there": (POSTING, "Found {subject} there twice"),
    "duplicate gone": (POSTING, "The second journal of {subject} is gone there"),
    "undo duplicate": (EXPORTS, "Posted the opposite of the second journal of {subject}"),
    "settings": (SET_UP, "Changed Company Settings"),
    "remove": (SET_UP, "Removed from {subject}"),
    "retire category": (SET_UP, "Took category {subject} out of use"),
    "restore category": (SET_UP, "Brought category {subject} back into use"),
    "add connection": (SET_UP, "Added connection {subject}"),
    "change connection": (SET_UP, "Had connection {subject} lead elsewhere"),
    "connect": (SET_UP, "Connected {subject} to its accounting system"),
    "type in secrets": (SET_UP, "Typed in the secrets of {subject}"),
    "choose company": (SET_UP, "Chose the company that {subject} posts to"),
    "read chart": (SET_UP, "Read the chart of accounts of {subject}"),
    "copy maps": (SET_UP, "Copied GL Account Maps of another company to {subject}"),
    "make test copy": (SET_UP, "Made a test copy of {subject}"),
    "dry run": (SET_UP, "Ran a dry run for {subject}: nothing was posted"),
    "disconnect": (SET_UP, "Disconnected {subject} from its accounting system"),
    "sign-in ended": (SET_UP, "The sign-in {subject} is no longer good"),
    "add person": (PEOPLE, "Added {subject}, who can sign in"),
    "give access": (PEOPLE, "Gave access to {subject}"),
    "take access": (PEOPLE, "Took the access of {subject} away"),
    "remove person": (PEOPLE, "Removed {subject}, who cannot sign in any more"),
    "change password": (PEOPLE, "Changed the password of {subject}"),
    "one-time password": (PEOPLE, "Made a one-time password for {subject}"),
    "end sessions": (PEOPLE, "Signed {subject} out everywhere"),
    "pause plugin": (SET_UP, "Paused the plugin {subject}"),
    "resume plugin": (SET_UP, "Let the plugin {subject} go on"),
    "add support": (PEOPLE, "Added {subject} to support staff, who have access to every company"),
    "add token": (PEOPLE, "Made the token {subject}, for a program"),
    "revoke token": (PEOPLE, "Revoked the token {subject}"),
    "add recipient": (HUB, "Has {subject} told of alarms"),
    "remove recipient": (HUB, "Has {subject} told of alarms no more"),
    "add company": (HUB, "Added the company {subject}"),
    "begin audit trail": (HUB, "Took the entries so far into the trail under a new key"),
    "accept restored database": (HUB, "Went on with a restored database"),
}
"""Each action but `import`: its kind, and what it says; `{subject}`: what it was done to."""
IMPORT, REMOVE = "import", "remove"
COLUMNS: Mapping[str, str] = {
    "gl_account": "GL Account",
    "override_account": "GL Account in its place",
    "asset_account": "asset account",
    "cogs_account": "COGS account",
    "due_from": "due-from account",
    "due_to": "due-to account",
    "from_connection": "from connection",
    "to_connection": "to connection",
    "role": "role",
    "sites": "sites to see",
    "exports": "sites to export",
    "switched_off": "switched off",
    "kind": "type",
    "production_variance": "Production Variance account",
    "go_live": "first date",
    "entry_per": "entries",
    "reversal_date": "date of the reversals",
    "automatic_limit": "automatic up to",
    "automatic_at": "automatic from",
}
"""What a column or setting is called; any other is called as it is kept, with spaces."""
FACTS: Mapping[str, str] = {
    "sha256": "SHA-256",
    "hash": "Hash of the entry",
    "why": "Why",
    "seen": "Last seen",
    "changes_not_told": "Changes not listed",
}
BRIEF = frozenset(
    {"File", "Added", "Changed", "Removed", "Left out", "Journal", "Why", "Reasons", "Change", "Decision"}
)
"""Facts that stand in the list, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that changed: of which row, what in it, and what was there before and after."""

    row: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry as it is read.

    words: what was done; kind: of KINDS, empty where the action is not known; facts: what else it tells, (label, text).
    """

    told: Told
    words: str
    kind: str
    lines: Sequence[Line]
    facts: Sequence[tuple[str, str]]

    @property
    def by_row(self) -> list[tuple[str, list[Line]]]:
        """What changed, by the row it is of."""
        return [(row, list(lines)) for row, lines in groupby(self.lines, key=lambda line: line.row)]

    @property
    def brief(self) -> str:
        """What the list says of it besides: the file, how many rows, the journal, the reason."""
        said = (f"{label}: {text}" for label, text in self.facts if label in BRIEF and text != "0")
        return " · ".join(said)


def shown(told: Told) -> Shown:
    """Return an entry as it is read; one that is not known, or not as it was recorded, as far as it can be."""
    kind, words = _words(told)
    return Shown(told=told, words=words, kind=kind, lines=list(_lines(told)), facts=list(_facts(told)))


def narrowed(kind: str) -> tuple[list[str] | None, list[str]]:
    """Return the actions of a kind of change and the kinds of imports; None for all of them where it is no kind."""
    if kind not in KINDS:
        return None, []
    imports = [name for name in IMPORTS if kind == (IMPORTED if name in STOCK else SET_UP)]
    return [action for action, (of, _) in ACTIONS.items() if of == kind], imports


def _words(told: Told) -> tuple[str, str]:
    if told.action == IMPORT:
        stock, what = told.subject in STOCK, IMPORTS.get(told.subject, told.subject)
        verb = "Imported" if told.detail.get("file") else "Changed"
        return (IMPORTED if stock else SET_UP), f"{verb} {what}"
    kind, words = ACTIONS.get(told.action, ("", f"{told.action.capitalize()}: {{subject}}"))
    subject = IMPORTS.get(told.subject, told.subject) if told.action == REMOVE else told.subject
    return kind, words.replace("{subject}", subject)


def _lines(told: Told) -> Iterator[Line]:
    changes = told.detail.get("changes")
    for change in changes if isinstance(changes, list) else ():
        row, before, after = ({**_object(change, part)} for part in ("row", "before", "after"))
        setting = str(row.get("setting", ""))
        for name in sorted({*before, *after}):
            what = setting or name
            yield Line(
                row=_row(told, row),
                what=_column(what),
                before=_value(what, before.get(name, "")),
                after=_value(what, after.get(name, "")),
            )
        if not before and not after:
            yield Line(row=_row(told, row), what="", before="", after="")


def _row(told: Told, row: Mapping[str, Any]) -> str:  # Any: JSON's own types
    """Return which row changed; nothing where the entry's own words say it."""
    if "setting" in row or list(row.values()) == [told.subject]:
        return ""
    return ", ".join(f"{_column(key)} {value}" for key, value in row.items() if value != "")


def _object(change: object, part: str) -> Mapping[str, Any]:  # Any: JSON's own types
    found = change.get(part) if isinstance(change, dict) else None
    return found if isinstance(found, dict) else {}


def _facts(told: Told) -> Iterator[tuple[str, str]]:
    for name, value in told.detail.items():
        if name == "changes" or value in ("", None, [], {}):
            continue
        yield FACTS.get(name, name.replace("_", " ").capitalize()), _text(name, value)


def _text(name: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(name, each) for each in value)
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values())
    if name == "state" and str(value) in states.STATES:
        return states.STATES[str(value)][1].replace(" with {label}", "").replace(" in {label}", "")
    return str(value)


def _column(name: str) -> str:
    return COLUMNS.get(name, name.replace("_", " "))


def _value(name: str, value: object) -> str:
    text = "" if value is None else str(value)
    if name == "switched_off":
        return ", ".join(SWITCHES.get(each, each) for each in text.split(", "))
    return SETTINGS.get(name, {}).get(text, text)
