"""A preview as a bookkeeper reads it: every line, the totals, and what stands in the way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hub.cli.screen import clean, console, money, print_problems, say, table

if TYPE_CHECKING:
    from rich.table import Table

Shape = Mapping[str, Any]  # Any: the JSON shape `preview` and its parts

_COLUMNS = ("Account", "Debit", "Credit", "Site", "Category", "Memo")


def print_preview(preview: Shape) -> None:
    """Print a preview's journals, then its problems."""
    say(preview["title"], "bold")
    say(f"Count of {preview['count_date']} · {preview['connection']} · {preview['currency']}")
    print_entries(preview)
    print_problems(preview["problems"])
    if not any(problem["blocking"] for problem in preview["problems"]) and preview["hash"]:
        say(f"Hash {preview['hash']}", "dim")


def print_entries(document: Shape) -> None:
    """Print the journals of a preview or a report, with their totals and whether they balance."""
    for entry in document["entries"]:
        console().print(_journal(entry))
    if not document["entries"]:
        say("There is no entry to post.")
        return
    say(
        f"Total debits {money(document['debits'])}, credits {money(document['credits'])}  "
        f"[{'Balanced' if document['balanced'] else 'NOT BALANCED'}]",
        "bold green" if document["balanced"] else "bold red",
    )


def _journal(entry: Shape) -> "Table":
    made = table(
        *_COLUMNS, right=("Debit", "Credit"), title=f"{entry['date']} · {entry['reference']} · {entry['memo']}"
    )
    for line in entry["lines"]:
        debit = line["side"] == "debit"
        amount = money(line["amount"])
        cells = (account(line), amount if debit else "", "" if debit else amount)
        made.add_row(*map(clean, (*cells, line["site"], line["category"], line["memo"])))
    made.add_section()
    made.add_row(clean("Total", "bold"), clean(_sum(entry, "debit"), "bold"), clean(_sum(entry, "credit"), "bold"))
    return made


def _sum(entry: Shape, side: str) -> str:
    from decimal import Decimal

    return money(str(sum(Decimal(line["amount"]) for line in entry["lines"] if line["side"] == side)))


def account(line: Shape) -> str:
    """Return a line's account by number and name, or the GL Account that is not mapped yet."""
    found = " ".join(filter(None, (line["account_number"], line["account_name"])))
    return found or f"GL Account {line['gl_account']} (not mapped)"
