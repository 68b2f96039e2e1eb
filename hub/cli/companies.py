"""Companies, their settings, and the connections, sites and categories they have."""

from typing import Annotated

import typer

from hub.cli.arguments import read_date, read_pairs
from hub.cli.command import Decisions, Here, Out, command
from hub.cli.outcome import show_export
from hub.cli.screen import print_rows, say

Code = Annotated[str, typer.Argument(metavar="CODE", help="The company's short name, such as DEMO.")]
Pairs = Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Settings, such as method=net_change.")]


def add_to(app: typer.Typer, panel: str) -> None:
    """Add the commands of this page."""
    for name, about, group in (
        ("company", "Companies and their settings.", company_commands),
        ("connections", "Connections: each a set of books in an accounting system.", connection_commands),
        ("sites", "Sites that move to other books.", site_commands),
        ("categories", "Categories that a company no longer has.", category_commands),
    ):
        app.add_typer(group, name=name, help=about, rich_help_panel=panel)


company_commands = typer.Typer(no_args_is_help=True)
connection_commands = typer.Typer(no_args_is_help=True)
site_commands = typer.Typer(no_args_is_help=True)
category_commands = typer.Typer(no_args_is_help=True)


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

    found = companies(here.hub)
    rows = [(each["code"], each["name"], each["currency"]) for each in found]
    here.answer(found, lambda: print_rows(rows, "Company", "Name", "Currency", nothing="There is no company yet."))


@command(connection_commands, "add")
def connect(
    here: Here,
    connector: Annotated[str, typer.Option("--connector", metavar="ID", help="One that `hub plugins` lists.")],
    name: Annotated[str, typer.Option("--name", help="What you call these books, such as books.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A setting; KEY=@FILE reads it from a file.")
    ] = None,
) -> None:
    """Add a connection."""
    from hub.service.connections import add_connection, connections

    values = read_pairs(settings or [], files=True)
    environment = values.pop("environment", "production")
    add_connection(here.hub, here.company, connector=connector, name=name, settings=values, environment=environment)
    found = [each for each in connections(here.hub, here.company) if each["name"] == name] if here.json else []
    here.answer(found[0] if found else None, lambda: say(f"Added the connection {name}."))


@command(connection_commands, "list")
def list_connections(here: Here) -> None:
    """List a company's connections."""
    from hub.service.connections import connections

    found = connections(here.hub, here.company)
    rows = [(each["name"], each.get("label", ""), each["connector"], each.get("currency") or "") for each in found]
    nothing = "There is no connection yet. Add one: hub connections add"
    columns = ("Connection", "Accounting system", "Connector", "Currency")
    here.answer(found, lambda: print_rows(rows, *columns, nothing=nothing))


@command(site_commands, "close")
def close(
    here: Here,
    site: Annotated[str, typer.Argument(metavar="SITE", help="The site's code.")],
    connection: Annotated[str, typer.Option("--connection", metavar="NAME", help="The books that the site leaves.")],
    date: Annotated[str | None, typer.Option("--date", metavar="DATE", help="The closing entry's date.")] = None,
    decide: Decisions = None,
    hash: Annotated[str | None, typer.Option("--hash", help="The hash of the preview you looked at.")] = None,
    out: Out = None,
) -> None:
    """Post the closing entry of a site that has moved to other books."""
    from hub.service.exporting import close_site

    made = close_site(
        here.hub,
        here.company,
        site,
        connection,
        on=read_date(date, "--date"),
        decisions=decide or [],
        expected_hash=hash,
        out=out,
    )
    show_export(here, made)


@command(category_commands, "retire")
def retire(here: Here, name: Annotated[str, typer.Argument(metavar="NAME", help="The category.")]) -> None:
    """Say that a category is gone: what the books carry for it is reversed, and nothing new is taken."""
    _retire(here, name, retired=True)


@command(category_commands, "restore")
def restore(here: Here, name: Annotated[str, typer.Argument(metavar="NAME", help="The category.")]) -> None:
    """Bring a category back."""
    _retire(here, name, retired=False)


def _retire(here: Here, name: str, *, retired: bool) -> None:
    from hub.service.exporting import retire_category

    retire_category(here.hub, here.company, name, retired)
    done = f"{name} is gone from the company." if retired else f"{name} is one of the company's categories again."
    here.answer({"category": name, "retired": retired}, lambda: say(done))


def _show_settings(settings: dict[str, object]) -> None:
    print_rows([(key, "" if value is None else value) for key, value in settings.items()], "Setting", "Value")
