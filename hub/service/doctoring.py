"""Is this installation healthy? Its database, records, plugins, connections and files; each finding with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hub.api import ConnectorError, Level, Problem, Where
from hub.plugins import SettingsInvalid
from hub.plugins.trust import Way
from hub.service.auditing import check_trails
from hub.service.companies import companies
from hub.service.connecting.keys import key_problems
from hub.service.connecting.standing import sign_in_problems, standing
from hub.service.context import Hub, Refused, problem_document
from hub.service.heads import examine, remember, remembered
from hub.service.posting.health import posting_health
from hub.service.record_checks import check_records, file_problem
from hub.service.scope import reading
from hub.store import DatabaseNotReady, check
from hub.store.health_rows import Unreadable, examined

__all__ = ["doctor", "remember"]


def doctor(hub: Hub) -> list[dict[str, object]]:
    """Return everything that is wrong, as problem documents; empty when all is well.

    Where the audit trails of a sound database end is remembered, so that an older copy of it is noticed later.
    """
    problems = [*_database(hub), *_plugins(hub), *_files(hub.home)]
    return [problem_document(problem) for problem in problems]


def _database(hub: Hub) -> list[Problem]:
    """Return what is wrong in the database, and with the connections in it where it can be read."""
    seen = remembered(hub.home)
    try:
        with examined(hub.database):
            check(hub.database)
        with examined(hub.database) as connection:
            problems = [*examine(connection, seen), *check_trails(connection), *check_records(connection)]
            if any(problem.code == "database_damaged" for problem in problems):
                return problems
            if not problems:
                remember(hub)
            return [*problems, *key_problems(hub), *_connections(hub), *posting_health(hub)]
    except Unreadable as error:
        return [file_problem([str(error)])]
    except DatabaseNotReady as error:
        message, _, fix = str(error).partition(". ")
        return [Problem(level=Level.PROBLEM, code="database_not_ready", message=f"{message}.", fix=fix)]


def _connections(hub: Hub) -> list[Problem]:
    return [problem for company in companies(hub) for problem in _connections_of(hub, str(company["code"]))]


def _connections_of(hub: Hub, company: str) -> Iterator[Problem]:
    with reading(hub, company) as rows:
        every = rows.connections()
    for row in every:
        where = Where(connection=row["name"])
        try:
            with reading(hub, company) as rows:
                found, now = standing(hub, rows, row), hub.database.now(rows.connection)
            for problem in sign_in_problems(found, now):
                yield replace(problem, message=f"{company}: {problem.message}")
        except SettingsInvalid as error:
            yield Problem(
                level=Level.PROBLEM,
                code="settings_invalid",
                message=f"{company}: the settings of the connection {row['name']} are not what its connector asks for. {error}",
                fix="Nothing can be previewed or exported there until its settings are put right.",
                where=where,
            )
        except Refused as error:
            yield Problem(
                level=Level.PROBLEM,
                code="connector_missing",
                message=f"{company}: the connection {row['name']} cannot be used. {error}",
                fix="Install or repair its plugin. What is installed and what is broken: hub plugins",
                where=where,
            )
        except ConnectorError as error:
            yield Problem(
                level=Level.PROBLEM,
                code="connector_failed",
                message=f"{company}: the connector of the connection {row['name']} fails. {error.message}",
                fix="Install another version of its plugin, or tell its maker.",
                where=where,
            )


def _plugins(hub: Hub) -> list[Problem]:
    return [*_broken(hub), *_changed(hub)]


def _changed(hub: Hub) -> list[Problem]:
    return [
        Problem(
            level=Level.WARNING,
            code="plugin_changed",
            message=f"The files of {plugin.distribution} {plugin.version} are not those that the operator trusted, so its plugin "
            f"{plugin.name} runs in processes of its own.",
            fix=f"Where the change was meant: hub plugins trust {plugin.name}, then start the hub again.",
        )
        for plugin in hub.registry.known
        if plugin.way is Way.CHANGED
    ]


def _broken(hub: Hub) -> list[Problem]:
    return [
        Problem(
            level=Level.WARNING,
            code="plugin_broken",
            message=f"The plugin {plugin.name} ({plugin.distribution} {plugin.version}) is installed but cannot be used: "
            f"{plugin.reason}",
            fix="Install a version of it that works with this hub, or have it no longer loaded: "
            f"hub plugins block {plugin.name}",
        )
        for plugin in hub.registry.broken
    ]


def _files(home: Path) -> list[Problem]:
    """Return the problem of a home whose files cannot be read or written."""
    try:
        folder = home / "files"
        folder.mkdir(parents=True, exist_ok=True)
        for company in folder.iterdir():
            if company.is_dir():
                next(company.iterdir(), None)
        probe = folder / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return [
            Problem(
                level=Level.PROBLEM,
                code="files_unreadable",
                message=f"The folder of the files made, {home / 'files'}, cannot be read and written: {error.strerror}.",
                fix="See that it is a folder and that whoever runs the hub owns it.",
            )
        ]
    return []
