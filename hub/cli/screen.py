"""What is printed: tables and sentences a bookkeeper reads, or JSON for programs."""

import json
import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PIPED_WIDTH = 120
_STYLES = {"problem": "bold red", "warning": "yellow", "note": "dim"}
_WORDS = {"problem": "Problem", "warning": "Warning", "note": "Note"}
STATES = {
    "FROZEN": "Waiting",
    "SENDING": "Posting",
    "POSTED": "Posted",
    "UNKNOWN": "Checking with {label}",
    "REJECTED": "Refused",
    "REFUSED": "Refused",
    "MISMATCH": "Differs in {label}",
    "PARTLY_POSTED": "Partly posted",
    "FILE_READY": "File ready",
    "UNDONE": "Undone",
}


DECISIONS = {
    "category_missing": ("zero={site}/{category}",),
    "nothing_to_post": ("mark_exported=yes",),
    "period_closed": ("date=YYYY-MM-DD",),
    "prior_account_closed": ("prior_account={account}/NEW",),
    "prior_changed": ("prior=undone", "prior=accept", "prior=restored"),
    "site_moved": ("moved={site}/same_books",),
}
"""What answers a problem that stops the export, by its code; warnings are acknowledged by theirs."""
UNNAMED = {"site": "SITE", "category": "CATEGORY", "account": "OLD"}

Shown = Mapping[str, Any]  # Any: one problem in the shape that --json prints


def console(*, stderr: bool = False) -> "Console":
    """Return where to print; wide enough for a journal where nobody's terminal says how wide it is."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = PIPED_WIDTH
    return made


def print_json(content: object) -> None:
    """Print one JSON document and nothing else."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def say(sentence: str, style: str = "") -> None:
    """Print one sentence."""
    console().print(clean(sentence, style))


def clean(value: object, style: str = "") -> "Text":
    """Return text fit for a terminal: no markup is read, and what cannot be printed is shown as such."""
    from rich.text import Text

    return Text(printable("" if value is None else str(value)), style=style)


def printable(text: str) -> str:
    """Return a text without control characters, so that a name cannot move the cursor or break a line."""
    return "".join(each if each.isprintable() else " " if each.isspace() else "\ufffd" for each in text)


def money(amount: str | None) -> str:
    """Return an amount as people read it: 4,812.37."""
    from decimal import Decimal

    return f"{Decimal(amount):,}" if amount else ""


def state_word(code: str, label: str = "") -> str:
    """Return what people call a state."""
    return STATES.get(code, code.capitalize().replace("_", " ")).format(label=label or "the accounting system")


def table(*columns: str, right: Sequence[str] = (), title: str = "") -> "Table":
    """Return an empty table; right: the columns of amounts, which are never broken."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=clean(title) if title else None, title_justify="left", pad_edge=False)
    for column in columns:
        amounts = column in right
        made.add_column(column, justify="right" if amounts else "left", no_wrap=amounts, overflow="fold")
    return made


def print_rows(rows: Iterable[Sequence[object]], *columns: str, right: Sequence[str] = (), nothing: str = "") -> None:
    """Print a table, or the sentence for an empty one."""
    made = table(*columns, right=right)
    for row in rows:
        made.add_row(*(clean(cell) for cell in row))
    if made.row_count:
        console().print(made)
    else:
        say(nothing)


def print_problems(problems: Iterable[Shown], *, to_stderr: bool = False, decidable: bool = True) -> None:
    """Print problems, warnings and notes, each with what to do about it; decidable: decisions are asked for."""
    from rich.text import Text

    screen = console(stderr=to_stderr)
    for problem in problems:
        level = str(problem["level"])
        line = clean(_WORDS.get(level, level), _STYLES.get(level, ""))
        line.append(printable(f": {problem['message']}"), "default not bold not dim")
        screen.print(line)
        for sentence in filter(None, (problem["fix"], decision_hint(problem) if decidable else "")):
            screen.print(Text(f"  → {printable(str(sentence))}", "default"))


def decision_hint(problem: Shown) -> str:
    """Return the decision that answers a problem, as it is typed; empty where none does."""
    choices = " or ".join(f"--decide {quoted(decision)}" for decision in _decisions(problem))
    return f"To decide it: {choices}" if choices else ""


def _decisions(problem: Shown) -> list[str]:
    code, where = str(problem["code"]), problem["where"]
    if problem["level"] == "warning":
        return [f"acknowledge={code}"]
    if code == "not_acknowledged":
        return [word for word in str(problem["fix"]).split() if word.startswith("acknowledge=")]
    shapes = DECISIONS.get(code, ())
    return [shape.format_map({**UNNAMED, **where}) for shape in shapes]


def quoted(argument: str) -> str:
    """Return a command's argument as a shell takes it."""
    return shlex.quote(argument)
