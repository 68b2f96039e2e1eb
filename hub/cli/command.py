"""What every command shares: its options, the hub it works on, how it answers and how it says no."""

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.opener import CannotOpen, Opener
from hub.cli.program import HOME

if TYPE_CHECKING:
    from hub.service.context import Hub


class Code(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_KNOWN = 3


Company = Annotated[
    str | None, typer.Option("--company", metavar="CODE", help="The company; needed where there are several.")
]
Home = Annotated[
    Path | None, typer.Option("--home", metavar="DIR", help="The hub's folder; else HUB_HOME, ./.hub or the user's.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", hidden=True, help="Show where an unexpected error came from.")]

Connection = Annotated[str | None, typer.Option("--connection", metavar="NAME", help="Where there are several.")]
Decisions = Annotated[
    list[str] | None, typer.Option("--decide", metavar="KEY=VALUE", help="A decision on a problem; repeat as needed.")
]
CountDate = Annotated[
    str | None, typer.Option("--count", metavar="DATE", help="The count date, such as 2026-10-31.", show_default=False)
]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also put the files into this folder.")]


@dataclass(kw_only=True)
class Here:
    """One run of one command: where it works and how it answers."""

    context: typer.Context
    home: Path | None
    json: bool
    company_code: str | None = None
    _hub: "Hub | None" = None

    @property
    def opener(self) -> Opener:
        """What opens the hub and its database."""
        opener: Opener = self.context.obj
        return opener

    @property
    def hub(self) -> "Hub":
        """The hub, opened at first use and closed when the command ends."""
        if self._hub is None:
            self._hub = self.context.with_resource(self.opener.open(self.home))
        return self._hub

    @property
    def company(self) -> str:
        """The company meant: named, in HUB_COMPANY, or the only one."""
        chosen = self.company_code or os.environ.get("HUB_COMPANY")
        return chosen or self._only_company()

    def answer(self, content: object, show: Callable[[], None]) -> None:
        """Print the service's own answer as JSON, or show it as text."""
        from hub.cli.screen import print_json

        if self.json:
            print_json(content)
        else:
            show()

    def stop(self, code: Code) -> None:
        """End the command with an exit code other than 0."""
        if code is not Code.DONE:
            raise typer.Exit(code)

    def _only_company(self) -> str:
        from hub.service.companies import companies

        codes = [str(company["code"]) for company in companies(self.hub) if not company["test"]]
        if not codes:
            raise CannotOpen("There is no company yet. Add one: hub company add CODE --name NAME --currency USD")
        if len(codes) > 1:
            raise typer.BadParameter(f"Say which company: {', '.join(codes)}.", param_hint="--company")
        return codes[0]


Command = Callable[..., None]


def command(app: typer.Typer, name: str, *, company: bool = True) -> Callable[[Command], Command]:
    """Add a command whose first parameter is a Here; it gets --home and --json, and --company where one is meant."""

    def add(function: Command) -> Command:
        app.command(name)(_with_shared_options(function, company=company))
        return function

    return add


def listing(app: typer.Typer, *, company: bool = True) -> Callable[[Command], Command]:
    """Make a group of commands list when it is called without one of them; it gets the options that commands share."""

    def add(function: Command) -> Command:
        @functools.wraps(function)
        def unless_another(here: Here, **given: Any) -> None:  # noqa: ANN401  as each command has its own
            if here.context.invoked_subcommand is None:
                function(here, **given)

        app.callback(invoke_without_command=True)(_with_shared_options(unless_another, company=company))
        return function

    return add


def shared_options(*, company: bool) -> Mapping[str, Any]:  # Any: what Annotated makes has no type of its own
    """Return the options that commands share, by the name of their parameter."""
    options = {"company": Company} if company else {}
    return options | {"home": Home, "json": AsJson, "debug": Debug}


def _with_shared_options(function: Command, *, company: bool) -> Command:
    own = list(inspect.signature(function).parameters.values())[1:]

    @functools.wraps(function)
    def call(context: typer.Context, **given: Any) -> None:  # noqa: ANN401  each command has its own parameters
        given.pop("debug")
        here = Here(
            context=context,
            home=Path(home) if (home := given.pop("home") or context.meta.get(HOME)) else None,
            json=given.pop("json"),
            company_code=given.pop("company", None),
        )
        from hub.cli.refusal import refusals

        with refusals(as_json=here.json):
            function(here, **given)

    parameter = functools.partial(inspect.Parameter, kind=inspect.Parameter.KEYWORD_ONLY)
    shared = [
        parameter(name, annotation=annotation, default=False if annotation in (AsJson, Debug) else None)
        for name, annotation in shared_options(company=company).items()
    ]
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    parameters = [first, *own, *shared]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    return call
