"""How an export stands: shown the same after export, confirm and undo, with the exit code that goes with it."""

from collections.abc import Mapping
from typing import Any

from hub.cli.command import Code, Here
from hub.cli.screen import print_problems, print_rows, say, state_word

Export = Mapping[str, Any]  # Any: the JSON shape `export`

PATIENCE_S = 30.0
UNCERTAIN = ("SENDING", "UNKNOWN")
EXIT_CODES = {
    "POSTED": Code.DONE,
    "FILE_READY": Code.DONE,
    "UNDONE": Code.DONE,
    "FROZEN": Code.NOT_KNOWN,
    "SENDING": Code.NOT_KNOWN,
    "UNKNOWN": Code.NOT_KNOWN,
}


def waited(here: Here, made: dict[str, Any]) -> dict[str, Any]:  # Any: the JSON shape `export`
    """Wait for an export to come to rest, as long as a person in front of a terminal would."""
    from hub.service.posting.waiting import wait_for

    return wait_for(here.hub, here.company, made, PATIENCE_S) if made["export"] else made


def show_export(here: Here, made: Export) -> None:
    """Answer with an export, and end with the exit code of its state."""
    here.answer(made, lambda: print_export(made))
    here.stop(exit_code(made))


def exit_code(made: Export) -> Code:
    """Return 0 where all that was asked is done, 3 where it is under way, 1 where it was refused."""
    if made["export"] and made["state"] in UNCERTAIN:
        return Code.NOT_KNOWN
    if not made["export"] or any(problem["blocking"] for problem in made["problems"]):
        return Code.REFUSED
    return EXIT_CODES.get(made["state"], Code.REFUSED)


def print_export(made: Export) -> None:
    """Print an export: its state, its postings with what they became, and its problems."""
    label = str(made.get("label") or "")
    if made["export"]:
        say(
            f"Export {made['export']} · count of {made['count_date']} · no. {made['sequence']} · "
            f"{state_word(made['state'], label)}",
            "bold",
        )
    else:
        say("Not exported.", "bold red")
    if made["postings"]:
        rows = [_posting(each, label) for each in made["postings"]]
        print_rows(rows, "Part", "State", "Reference", "Number", "File or link")
    print_problems(made["problems"], decidable=not made["export"])
    if made["state"] == "FILE_READY":
        say(f"Import each file into {label or 'the accounting system'}, then: hub confirm {made['export']}")


def _posting(posting: Mapping[str, Any], label: str) -> tuple[object, ...]:  # Any: see Export
    receipt = posting.get("receipt") or {}
    word = state_word(posting["state"], label)
    where = receipt.get("file") or receipt.get("url") or ""
    return posting["part"], word, posting["reference"], receipt.get("number") or "", where
