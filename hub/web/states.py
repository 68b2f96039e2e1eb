"""Where an export stands, in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]  # Any: the JSON shape `export` and its parts

STATES: Mapping[str, tuple[str, str]] = {
    "FROZEN": ("waits", "Waiting"),
    "SENDING": ("waits", "Posting"),
    "UNKNOWN": ("waits", "Checking with {label}"),
    "POSTED": ("ok", "Posted"),
    "REJECTED": ("bad", "Refused"),
    "MISMATCH": ("warn", "Differs in {label}"),
    "PARTLY_POSTED": ("bad", "Partly posted"),
    "FILE_READY": ("waits", "File ready"),
    "UNDONE": ("plain", "Undone"),
}
"""A badge's kind and words."""

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "": ("waits", "No answer yet"),
    "done": ("ok", "Recorded"),
    "found": ("ok", "Found"),
    "absent": ("plain", "Not there"),
    "try_later": ("waits", "Asked to wait"),
    "reconnect": ("warn", "Sign-in refused"),
    "rejected": ("bad", "Refused"),
    "unknown": ("warn", "No answer"),
    "failed": ("warn", "Could not look"),
}
CALLS: Mapping[str, str] = {"post": "Sent", "find": "Looked for", "read": "Read back", "finish": "Completed"}
JOURNALS: Mapping[str, str] = {"post": "Journal", "undo": "Opposite entry", "duplicate": "Opposite of a duplicate"}


FILTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "look": ("Something to look at", ()),
    "moving": ("On its way", ("FROZEN", "SENDING", "UNKNOWN")),
    "file": ("File ready", ("FILE_READY",)),
    "posted": ("Posted", ("POSTED",)),
    "refused": ("Refused", ("REJECTED", "PARTLY_POSTED")),
    "differs": ("Differs", ("MISMATCH",)),
    "undone": ("Undone", ("UNDONE",)),
}
"""What Export History can be narrowed to: its words and the states, which for the first are not what decides."""


def state_of(export: Shape) -> tuple[str, str]:
    """Return the kind and words of an export's badge."""
    kind, words = STATES[export["state"]]
    if export["phase"] == "undo" and export["state"] != "UNDONE":
        words = f"Undo: {words[0].lower()}{words[1:]}"
    return kind, words.format(label=export["label"])


def state_of_posting(state: str, label: str) -> tuple[str, str]:
    """Return the kind and words of one journal's badge."""
    kind, words = STATES[state]
    return kind, words.format(label=label)


def alarms(listed: Shape) -> list[tuple[str, str]]:
    """Return what is to be looked at of an export in the history, as badges."""
    label = listed["label"]
    codes = {problem["code"] for problem in listed["problems"]}
    found = [("bad", "Needs a person")] if listed["needs"] else []
    found += [("warn", f"{'Deleted' if change == 'deleted' else 'Changed'} in {label}") for change in listed["changed"]]
    found += [("warn", f"Twice in {label}")] if listed["doubled"] else []
    found += [("note", "Amended since")] if "amended_since" in codes else []
    return [("plain" if kind == "note" else kind, words) for kind, words in found]


def doings(story: Shape) -> dict[str, bool]:
    """Return what a person can do about an export as it stands."""
    state, phase, files = story["state"], story["phase"], story["makes_files"]
    own = [journal for journal in story["journals"] if journal["kind"] in (phase, "duplicate")]
    stuck = any(journal["needs_attention"] or journal["state"] == "REJECTED" for journal in own)
    waits = any(journal["state"] in ("FROZEN", "UNKNOWN") for journal in own) and story["moving"]
    known = any(journal["receipt"] or journal["duplicates"] for journal in story["journals"])
    return {
        "confirm": state == "FILE_READY",
        "make": files and state == "FROZEN" and bool(own),
        "download": files and bool(own) and state != "FROZEN" and (phase, state) != ("post", "UNDONE"),
        "resume": (stuck or waits) and state not in ("FILE_READY", "UNDONE") and not files,
        "accept": any(journal["state"] == "MISMATCH" for journal in story["journals"]),
        "check": known and not files,
        "undo": phase == "post" and state != "UNDONE",
        "withdraw": phase == "undo" and state in ("FROZEN", "FILE_READY", "REJECTED"),
    }
