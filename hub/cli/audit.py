"""The audit trail: who did what, and whether it is all there as it was recorded."""

import os
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from hub.cli.command import Code, Here, command
from hub.cli.screen import print_problems, print_rows, say

app = typer.Typer()
audit_commands = typer.Typer(no_args_is_help=True, help="The audit trail: who did what, and whether it is all there.")
app.add_typer(audit_commands, name="audit")

NEWEST = 50


@command(audit_commands, "verify", company=False)
def verify(
    here: Here,
    only: Annotated[
        str | None, typer.Option("--company", metavar="CODE", help="Only this company's; else every company's.")
    ] = None,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="SEQ:MAC", help="As a report of the company has it: 15:3f2ab41c09d2e877."),
    ] = None,
) -> None:
    """Check every entry of the audit trail, and that none was lost; ends with 1 where something is wrong."""
    from hub.service.auditing import verify as check

    company = only or os.environ.get("HUB_COMPANY") or (here.company if head is not None else None)
    found = check(here.hub, company, head)
    here.answer(found, lambda: _show(found))
    here.stop(Code.DONE if found["sound"] else Code.REFUSED)


@command(audit_commands, "list")
def list_entries(
    here: Here,
    newest: Annotated[
        int, typer.Option("--newest", metavar="COUNT", min=1, help="How many, the newest first.")
    ] = NEWEST,
) -> None:
    """List who did what in a company, newest first."""
    from hub.service.auditing import listed

    found = listed(here.hub, here.company, newest)
    rows = [
        (
            each["seq"],
            each["at"][:19].replace("T", " "),
            each["actor"],
            each["action"],
            each["subject"],
            _shown(each["detail"]),
        )
        for each in found
    ]
    columns = ("Entry", "UTC", "By", "What", "Of", "Detail")
    here.answer(found, lambda: print_rows(rows, *columns, nothing="Nothing has been recorded yet."))


@command(audit_commands, "new-key", company=False)
def renew_key(here: Here) -> None:
    """Seal the audit trail with a new key from now on, where the old one is lost or known to others; stop the hub first."""
    file = here.opener.renew_audit_key(here.home)
    here.answer({"file": file}, lambda: say(f"The new key is in {file}. Copy it to every machine of this database."))


def _show(found: Mapping[str, Any]) -> None:  # Any: what the service returns
    for company in found["companies"]:
        if company["problems"]:
            say(f"{company['company']}: {company['entries']} entries, not sound.", "bold red")
            print_problems(company["problems"])
        else:
            say(f"{company['company']}: {company['entries']} entries, sound. The trail ends at {company['head']}.")
    print_problems(found["problems"])


def _shown(detail: object) -> str:
    pairs = detail.items() if isinstance(detail, dict) else ()
    return ", ".join(f"{name}: {value}" for name, value in pairs)
