"""Plugins: what is installed, how far a connector can be trusted, and the beginning of a new one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.command import Code, Here, command, listing

if TYPE_CHECKING:
    from hub.plugins import Registry
    from hub.testing.conformance.report import Report

app = typer.Typer()
plugin_commands = typer.Typer(help="List the plugins: installed, and broken with the reason.")
app.add_typer(plugin_commands, name="plugins")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and _, such as ledgerly.")]
Installed = Annotated[str, typer.Argument(metavar="NAME", help="The name of the plugin's entry point.")]
Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="Where the folder of the distribution is made.")]
Full = Annotated[bool, typer.Option("--full", help="Take large samples, which is slower.")]


@listing(plugin_commands, company=False)
def plugins(here: Here) -> None:
    """List the plugins: installed, and broken with the reason."""
    found = _plugins(here.hub.registry)
    here.answer(found, lambda: _show_plugins(found))


@command(plugin_commands, "check", company=False)
def check(here: Here, name: Installed, full: Full = False) -> None:
    """Run the conformance suite of an installed plugin before its own stand-in, and tell the level it earns."""
    from hub.service.context import refuse
    from hub.testing.conformance import NoStand, ScaleInvalid, installed_subject
    from hub.testing.conformance.report import report_on

    try:
        subject = installed_subject(name)
    except (NoStand, ScaleInvalid) as error:
        raise refuse("not_checkable", str(error), "What a plugin brings to be checked: docs/partners.md") from error
    report = report_on(name, subject, full=full)
    here.answer(report, lambda: _show_report(report))
    here.stop(Code.DONE if report["sound"] else Code.REFUSED)


@command(plugin_commands, "new", company=False)
def new(here: Here, name: Name, into: Into = Path()) -> None:
    """Make the distribution of a new connector, which passes every check as it is made: begin from there."""
    from hub.cli.screen import say
    from hub.service.context import refuse
    from hub.testing.template import NameRefused, make_distribution

    try:
        made = make_distribution(name, into)
    except NameRefused as error:
        raise refuse("name_refused", str(error), "Choose another name.") from error
    told = {
        "folder": str(made),
        "files": sorted(str(each.relative_to(made)) for each in made.rglob("*") if each.is_file()),
    }
    here.answer(told, lambda: say(f"{made} is made. Its README says how to go on; all of it is yours to change."))


def _plugins(registry: "Registry") -> dict[str, list[dict[str, Any]]]:  # Any: JSON objects
    installed = [
        {
            "connector": id,
            "name": each.connector.info.name,
            "distribution": each.distribution,
            "version": each.version,
            "capabilities": sorted(str(capability) for capability in each.connector.info.capabilities),
        }
        for id, each in sorted(registry.connectors.items())
    ]
    broken = [
        {
            "plugin": each.name,
            "distribution": each.distribution,
            "version": each.version,
            "reason": each.reason,
            "connectors": list(each.connector_ids),
        }
        for each in registry.broken
    ]
    return {"installed": installed, "broken": broken, "blocked": [{"plugin": name} for name in registry.blocked]}


def _show_plugins(found: dict[str, list[dict[str, Any]]]) -> None:  # Any: see _plugins
    from hub.cli.screen import print_rows, say

    rows = [(each["connector"], each["name"], each["distribution"], each["version"]) for each in found["installed"]]
    print_rows(rows, "Connector", "Name", "Distribution", "Version", nothing="No connector is installed.")
    for each in found["broken"]:
        say(f"Broken: {each['plugin']} ({each['distribution']} {each['version']}). {each['reason']}", "red")
    for each in found["blocked"]:
        say(f"Switched off: {each['plugin']}", "dim")


def _show_report(report: "Report") -> None:
    from hub.cli.screen import say

    counted = f"{report['passed']} of the {report['concerned']} checks that concern it pass"
    say(f"{report['plugin']}: {report['level']}. {counted}.", "bold")
    for each in report["missing"]:
        say(f"For {each['level']} is missing: {each['check']}. {each['title']}", "red")
        say(f"  Seen: {each['seen']}")
        say(f"  It protects: {each['protects']}")
        say(f"  Mend: {each['mend']}")
        if each["exempt"]:
            say(f"  Exempt: {each['exempt']}", "dim")
    for sentence in report["contradictions"]:
        say(sentence, "red")
