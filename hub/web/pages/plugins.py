"""Plugins, for support: what is installed, what is broken and why, who uses it, and a pause for all or for one company."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub.domain.access import Feature
from hub.plugins.trust import Way
from hub.service import pausing
from hub.service.context import Refused
from hub.service.plugin_list import ListedPlugin, listed_plugin, listed_plugins
from hub.web.editing import finds, sheet
from hub.web.routes import page
from hub.web.row_edits import here
from hub.web.words import counted

if TYPE_CHECKING:
    from starlette.responses import Response

    from hub.web.visit import Visit

AT = "/plugins"
ONE = f"{AT}/{{plugin}}"
SEARCHED = 10
"""More companies than these can be searched."""
WAYS: dict[Way, tuple[str, str]] = {
    Way.OWN: ("Part of the hub", "It comes with the hub and runs in it."),
    Way.TRUSTED: ("Trusted", "The operator trusts its files as they stand, so it runs in the hub."),
    Way.CONTAINED: (
        "Contained",
        "The operator has not trusted it, so it runs in processes of its own, apart from the hub’s files, secrets and network.",
    ),
    Way.CHANGED: (
        "Contained: changed",
        "Its files are not those that the operator trusted, so it runs in processes of its own until they are trusted again.",
    ),
    Way.BLOCKED: ("Blocked", "The operator has blocked it: it is not even loaded."),
}
"""How a plugin runs: in a few words, and in a sentence."""
BROKEN = (
    "It is installed but does not work, so nothing can be previewed or sent with it. What was posted before stays as it is, and "
    "all other plugins go on."
)


@page("GET", AT, needs=Feature.SUPPORT)
def show(visit: Visit) -> Response:
    """List the installed plugins."""
    found = listed_plugins(visit.hub)
    return visit.html("plugins/plugins.html", found=[(each, state_of(each), WAYS[each.way][0]) for each in found])


@page("GET", ONE, needs=Feature.SUPPORT)
def show_one(visit: Visit, plugin: str) -> Response:
    """Show one plugin with the companies that use it."""
    return _one(visit, plugin, None)


@page("POST", f"{ONE}/pause", needs=Feature.SUPPORT)
def pause(visit: Visit, plugin: str) -> Response:
    """Send nothing through a plugin, for all companies or for one."""
    company = visit.form.get("company")
    try:
        pausing.pause(visit.hub, plugin, reason=visit.form.get("reason"), company=company)
    except Refused as error:
        return _one(visit, plugin, error)
    return visit.go(_path(plugin), told=f"Nothing is sent through it {_for(company)} until it goes on.")


@page("POST", f"{ONE}/resume", needs=Feature.SUPPORT)
def resume(visit: Visit, plugin: str) -> Response:
    """Let a plugin go on, for all companies or for one."""
    company = visit.form.get("company")
    try:
        pausing.resume(visit.hub, plugin, company=company)
    except Refused as error:
        return _one(visit, plugin, error)
    return visit.go(_path(plugin), told=f"It goes on {_for(company)}: what waited is sent within a minute.")


def state_of(plugin: ListedPlugin) -> tuple[str, str]:
    """Return the badge of a plugin's state."""
    if plugin.way is Way.BLOCKED:
        return "plain", "Blocked"
    if plugin.pause is not None:
        return "waits", "Paused"
    if plugin.broken:
        return "bad", "Does not work"
    held = sum(each.pause is not None for each in plugin.users)
    return ("waits", f"Paused for {counted(held, 'company', 'companies')}") if held else ("ok", "Works")


def _one(visit: Visit, name: str, refused: Refused | None) -> Response:
    plugin = listed_plugin(visit.hub, name)
    text = visit.query.get("find")
    return visit.html(
        "plugins/one.html",
        status=422 if refused else 200,
        plugin=plugin,
        state=state_of(plugin),
        way=WAYS[plugin.way],
        broken=BROKEN,
        at=_path(name),
        rows=sheet([each for each in plugin.users if finds(text, each.code, each.name)], visit.query),
        several=len(plugin.users) > SEARCHED,
        find=text,
        here=partial(here, visit),
        reason=visit.form.get("reason"),
        problems=visit.problems(refused) if refused else [],
    )


def _path(plugin: str) -> str:
    return f"{AT}/{quote(plugin, safe='')}"


def _for(company: str) -> str:
    return f"for {company}" if company else "for all companies"
