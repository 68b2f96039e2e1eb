"""Plugins: what is installed, how far a connector can be trusted, and the beginning of a new one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.command import Code, Here, command, listing
from hub.cli.opener import home_folder

if TYPE_CHECKING:
    from hub.plugins import Registry
    from hub.testing.conformance.report import Report

app = typer.Typer()
plugin_commands = typer.Typer(help="List the plugins: installed, and broken with the reason.")
app.add_typer(plugin_commands, name="plugins")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and _, such as ledgerly.")]
Installed = Annotated[str, typer.Argument(metavar="NAME", help="The name of the plugin's entry point.")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="A plugin that `hub plugins` lists, or its distribution.")]
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
    from hub.service.environment import trust_of
    from hub.service.trusting import record_level
    from hub.testing.conformance import NoStand, ScaleInvalid, installed_subject
    from hub.testing.conformance.report import report_on

    home = home_folder(here.home)
    if name in trust_of(home).blocked:
        raise refuse(
            "plugin_blocked", f"The plugin {name} is blocked: it is not even imported.", f"hub plugins unblock {name}"
        )
    try:
        subject = installed_subject(name)
    except (NoStand, ScaleInvalid) as error:
        raise refuse("not_checkable", str(error), "What a plugin brings to be checked: docs/partners.md") from error
    report = report_on(name, subject, full=full)
    if home.is_dir():
        record_level(home, name, report["level"] if report["sound"] else "", at=datetime.now(UTC))
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


@command(plugin_commands, "trust", company=False)
def trust(here: Here, name: Named) -> None:
    """Trust a distribution as its files stand now: its plugins run in the hub. A change of its files takes the trust away."""
    from hub.service import trusting

    _tell(here, trusting.trust(here.hub, name), "is trusted as it stands now")


@command(plugin_commands, "distrust", company=False)
def distrust(here: Here, name: Named) -> None:
    """Trust a distribution no longer: its plugins run in processes of their own."""
    from hub.service import trusting

    _tell(here, trusting.distrust(here.hub, name), "is trusted no longer")


@command(plugin_commands, "block", company=False)
def block(here: Here, name: Named) -> None:
    """Block a plugin: it is not even imported."""
    from hub.service import trusting

    _tell(here, trusting.block(here.hub, name), "is blocked")


@command(plugin_commands, "unblock", company=False)
def unblock(here: Here, name: Named) -> None:
    """Let a blocked plugin be loaded again."""
    from hub.service import trusting

    _tell(here, trusting.unblock(here.hub, name), "is not blocked any more")


def _tell(here: Here, decided: dict[str, Any], what: str) -> None:  # Any: JSON values
    from hub.cli.screen import say
    from hub.service.trusting import RESTART

    named = ", ".join(decided["plugins"]) or decided["distribution"]
    whose = f" ({decided['distribution']})" if decided["plugins"] and decided["distribution"] else ""
    here.answer(decided, lambda: say(f"{named}{whose} {what}. {RESTART}"))


def _plugins(registry: "Registry") -> dict[str, list[dict[str, Any]]]:  # Any: JSON objects
    known = {id: each for each in registry.known for id in each.connector_ids if not each.reason}
    installed = [
        {
            "connector": id,
            "name": each.connector.info.name,
            "distribution": each.distribution,
            "version": each.version,
            "capabilities": sorted(str(capability) for capability in each.connector.info.capabilities),
            "runs": known[id].way.value,
            "level": known[id].level or "not checked",
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

    columns = {
        "Connector": "connector",
        "Name": "name",
        "Distribution": "distribution",
        "Version": "version",
        "Runs": "runs",
        "Level": "level",
    }
    rows = [tuple(each[name] for name in columns.values()) for each in found["installed"]]
    print_rows(rows, *columns, nothing="No connector is installed.")
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
