"""How far an export has come, in people's words: what to say first, and the steps it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hub.web import states

Story = Mapping[str, Any]  # Any: the JSON shape that export_story returns

BY_HAND = "Please do not enter this journal by hand."
NOTHING = Decimal(0)
GOES_ON = "The hub goes on by itself; this page need not stay open."


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """What is said first. kind: the notice's."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. state: done, now, stuck or todo."""

    state: str
    title: str
    text: str = ""

    @property
    def words(self) -> str:
        """The state as it is read out."""
        return {"done": "done", "now": "going on", "stuck": "needs a look", "todo": "to do"}[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """What the journals of an export did to one account. account: as people call it; change: debits less credits."""

    account: str
    debits: Decimal
    credits: Decimal

    @property
    def change(self) -> Decimal:
        """By how much the account's balance moved, a debit positive."""
        return self.debits - self.credits


HEADLINES: Mapping[str, tuple[str, str, str]] = {
    "FROZEN": ("note", "Waiting: it is sent to {label} as soon as its turn comes.", f"{GOES_ON} {BY_HAND}"),
    "SENDING": ("note", "Posting: it is being sent to {label}.", f"{GOES_ON} {BY_HAND}"),
    "UNKNOWN": (
        "warn",
        "Checking with {label}: it has not said yet whether it recorded the journal.",
        "The hub looks for it there by its reference, and sends it again only if it is not there. " + BY_HAND,
    ),
    "POSTED": ("ok", "Posted: {journals} in {label}.", "{figures} Read back and compared with what you exported."),
    "REJECTED": ("bad", "Refused: {label} did not take it, and nothing of it was posted.", "See below what it said."),
    "MISMATCH": (
        "warn",
        "Differs in {label}: it was recorded otherwise than it was sent.",
        "Look at the lines that are otherwise, and say whether what stands there is right.",
    ),
    "PARTLY_POSTED": (
        "bad",
        "Partly posted: some of its journals are in {label}, and others were refused.",
        "See below which. The rest can be tried again, or all of it undone.",
    ),
    "FILE_READY": (
        "note",
        "File ready: import it into {label}, then confirm it here.",
        "Downloading it does not count as importing it. Until you confirm, nothing newer of these sites can be exported.",
    ),
    "UNDONE": ("note", "Undone: nothing of it stands on the books.", "Its counts can be exported again."),
}
NEEDS = ("bad", "It needs a person.", "See below what is in the way. " + BY_HAND)
NO_FILE = (
    "bad",
    "The file was not made yet.",
    "Press Make the file. If it says what is in the way, correct that first.",
)
IMPORTED = ("ok", "Posted: you confirmed that the file was imported into {label}.", "{figures}")
MARKED = ("ok", "Marked as exported, without a journal.", "The counts are no longer offered.")


def headline(story: Story) -> Headline:
    """Return what is said first of an export."""
    kind, title, text = _said(story)
    own = [journal for journal in story["journals"] if journal["kind"] == "post"]
    lines = sum(len(journal["entry"]["lines"]) for journal in own)
    figures = f"{lines:,} lines that balance." if lines else ""
    words = {"label": story["label"], "journals": _journals(own), "figures": figures}
    return Headline(kind=kind, title=title.format(**words), text=text.format(**words).strip())


def _said(story: Story) -> tuple[str, str, str]:
    if not story["journals"]:
        return MARKED if story["state"] == "POSTED" else HEADLINES[story["state"]]
    if story["needs"]:
        return NEEDS
    if story["makes_files"] and story["state"] == "FROZEN":
        return NO_FILE
    if story["makes_files"] and story["state"] == "POSTED":
        return IMPORTED
    return HEADLINES[story["state"]]


def _journals(journals: list[Story]) -> str:
    receipts = [journal["receipt"] or {} for journal in journals]
    numbers = [str(each.get("number") or each.get("id") or "") for each in receipts]
    named = ", ".join(number for number in numbers if number)
    return f"journal {named} is" if len(journals) == 1 else f"journals {named} are"


CHECKED = Step(state="done", title="Checked", text="Every line, against the accounts and dates there")
SAVED = Step(state="done", title="Saved", text="Nothing is computed again after this")


def steps(story: Story) -> list[Step]:
    """Return the steps of an export, each with how it stands; none where it has no journal."""
    if not story["journals"] or story["state"] == "UNDONE":
        return []
    return [CHECKED, SAVED, *(_of_file(story) if story["makes_files"] else _of_journal(story))]


def _of_file(story: Story) -> tuple[Step, Step]:
    made = story["state"] != "FROZEN"
    imported = story["state"] == "POSTED"
    return (
        Step(state="done" if made else "stuck", title="File made"),
        Step(
            state="done" if imported else "now" if made else "todo",
            title=f"Imported into {story['label']}",
            text="You confirmed it" if imported else "You import it, and confirm it here" if made else "",
        ),
    )


SENT: Mapping[str, str] = {"SENDING": "now", "FROZEN": "now", "POSTED": "done", "MISMATCH": "done"}


def _of_journal(story: Story) -> tuple[Step, Step]:
    state = story["state"]
    times = sum(journal["sends"] for journal in story["journals"])
    sent = "stuck" if story["needs"] else SENT.get(state, "stuck")
    return (
        Step(
            state=sent,
            title=f"Sent to {story['label']}",
            text=f"{times} times in all, with the same reference" if times > len(story["journals"]) else "",
        ),
        Step(
            state={"POSTED": "done", "MISMATCH": "stuck"}.get(state, "todo") if sent == "done" else "todo",
            title="Read back",
            text={"POSTED": "Equal to what was sent", "MISMATCH": "Not equal to what was sent"}.get(state, ""),
        ),
    )


def changed_accounts(story: Story) -> list[AccountChange]:
    """Return what changed on the books by account, in the order of account numbers; none where the export is not posted."""
    if story["state"] != "POSTED":
        return []
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for line in _lines(story):
        account = (line["account_number"], line["account_name"], line["account_id"])
        sides = sums.setdefault(account, {"debit": NOTHING, "credit": NOTHING})
        sides[line["side"]] += Decimal(line["amount"])
    return [
        AccountChange(account=f"{number} {name}".strip(), debits=sides["debit"], credits=sides["credit"])
        for (number, name, _), sides in sorted(sums.items())
    ]


def _lines(story: Story) -> Iterable[Story]:
    return (line for journal in story["journals"] if journal["kind"] == "post" for line in journal["entry"]["lines"])


def may_be_resumed(story: Story) -> bool:
    """Whether trying again makes sense: not where an export only waits for its first turn."""
    waits = story["state"] == "FROZEN" and not story["needs"] and not any(each["sends"] for each in story["journals"])
    return states.doings(story)["resume"] and not waits


def may_be_mended(story: Story) -> bool:
    """Whether what can be done about an export is on its page in Export History and not with its progress."""
    doings = states.doings(story)
    return doings["accept"] or any(journal["duplicates"] for journal in story["journals"])
