"""Sites that move to other books, and categories that a company no longer has."""

from typing import Annotated

import typer

from hub.cli.arguments import read_date
from hub.cli.command import Decisions, Here, Out, command
from hub.cli.outcome import show_export
from hub.cli.screen import say

app = typer.Typer()
site_commands = typer.Typer(no_args_is_help=True, help="Sites that move to other books.")
category_commands = typer.Typer(no_args_is_help=True, help="Categories that a company no longer has.")
app.add_typer(site_commands, name="sites")
app.add_typer(category_commands, name="categories")

Category = Annotated[str, typer.Argument(metavar="NAME", help="The category.")]


@command(site_commands, "close")
def close(
    here: Here,
    site: Annotated[str, typer.Argument(metavar="SITE", help="The site's code.")],
    connection: Annotated[str, typer.Option("--connection", metavar="NAME", help="The books that the site leaves.")],
    date: Annotated[str | None, typer.Option("--date", metavar="DATE", help="The closing entry's date.")] = None,
    decide: Decisions = None,
    out: Out = None,
) -> None:
    """Post the closing entry of a site that has moved to other books."""
    from hub.service.closing import close_site

    made = close_site(
        here.hub,
        here.company,
        site,
        connection,
        on=read_date(date, "--date"),
        decisions=decide or [],
        out=out,
    )
    show_export(here, made)


@command(category_commands, "retire")
def retire(here: Here, name: Category) -> None:
    """Say that a category is gone: what the books carry for it is reversed, and nothing new is taken."""
    _retire(here, name, retired=True)


@command(category_commands, "restore")
def restore(here: Here, name: Category) -> None:
    """Bring a category back."""
    _retire(here, name, retired=False)


def _retire(here: Here, name: str, *, retired: bool) -> None:
    from hub.service.companies import retire_category

    retire_category(here.hub, here.company, name, retired=retired)
    done = f"{name} is gone from the company." if retired else f"{name} is one of the company's categories again."
    here.answer({"category": name, "retired": retired}, lambda: say(done))
