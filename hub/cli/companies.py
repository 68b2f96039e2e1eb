"""Companies and their settings."""

from typing import Annotated

import typer

from hub.cli.arguments import read_pairs
from hub.cli.command import Here, command
from hub.cli.screen import print_rows, say

app = typer.Typer()
company_commands = typer.Typer(no_args_is_help=True, help="Companies and their settings.")
app.add_typer(company_commands, name="company")

Code = Annotated[str, typer.Argument(metavar="CODE", help="The company's short name, such as DEMO.")]
Pairs = Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Settings, such as method=net_change.")]


@command(company_commands, "add", company=False)
def add(
    here: Here,
    code: Code,
    name: Annotated[str, typer.Option("--name", help="The company's full name.")],
    currency: Annotated[str, typer.Option("--currency", help="Its currency, such as USD.")],
) -> None:
    """Add a company."""
    from hub.service.companies import add_company, company_settings

    add_company(here.hub, code=code, name=name, currency=currency)
    here.answer(company_settings(here.hub, code) if here.json else None, lambda: say(f"Added {code}, {name}."))


@command(company_commands, "set", company=False)
def set_settings(here: Here, code: Code, settings: Pairs) -> None:
    """Change a company's settings."""
    from hub.service.companies import company_settings, set_company

    set_company(here.hub, code, read_pairs(settings))
    shown = company_settings(here.hub, code)
    here.answer(shown, lambda: _show_settings(shown))


@command(company_commands, "show", company=False)
def show(here: Here, code: Code) -> None:
    """Show a company's settings."""
    from hub.service.companies import company_settings

    shown = company_settings(here.hub, code)
    here.answer(shown, lambda: _show_settings(shown))


@command(company_commands, "list", company=False)
def list_companies(here: Here) -> None:
    """List the companies."""
    from hub.service.companies import companies

    found = [{name: each[name] for name in ("code", "name", "currency")} for each in companies(here.hub)]
    rows = [(each["code"], each["name"], each["currency"]) for each in found]
    here.answer(found, lambda: print_rows(rows, "Company", "Name", "Currency", nothing="There is no company yet."))


def _show_settings(settings: dict[str, object]) -> None:
    print_rows([(key, "" if value is None else value) for key, value in settings.items()], "Setting", "Value")
