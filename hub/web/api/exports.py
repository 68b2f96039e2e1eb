"""Counts on offer, their previews, and exports from start to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from hub.domain.access import Scope
from hub.service import exporting, previewing
from hub.service.context import not_found
from hub.service.history import export_story
from hub.web import states
from hub.web.api.operations import ROOT, Answer, Call, operation
from hub.web.api.problems import Declined, declined
from hub.web.api.shapes import (
    CountOffered,
    Export,
    ExportAsked,
    FileAsked,
    Nothing,
    OfConnection,
    Preview,
    PreviewAsked,
    UndoAsked,
)

Made = Mapping[str, Any]  # Any: the JSON shape `export`


@operation("GET", "/counts", Scope.READ, list[CountOffered], query=OfConnection)
def counts(call: Call) -> Answer:
    """List the count dates that can be exported now, newest first."""
    return Answer(content=previewing.offered_counts(call.hub, call.company, call.asked(OfConnection).connection))


@operation("GET", "/preview", Scope.READ, Preview, query=PreviewAsked)
def preview(call: Call) -> Answer:
    """Show a count's journal and every problem, before anything is exported."""
    asked = call.asked(PreviewAsked)
    day = _day(asked.count, "count") if asked.count else None
    return Answer(content=previewing.preview(call.hub, call.company, day, asked.connection, asked.decide))


@operation("GET", "/exports", Scope.READ, list[Export], query=OfConnection)
def exports(call: Call) -> Answer:
    """List the exports, newest first."""
    found = exporting.exports(call.hub, call.company, call.asked(OfConnection).connection)
    return Answer(content=[_shown(each) for each in found])


@operation("POST", "/exports", Scope.EXPORT, Export, status=202, body=ExportAsked)
def export(call: Call) -> Answer:
    """Export what a preview showed: the same hash again answers with the same export, another with 409."""
    asked = call.asked(ExportAsked)
    day = _day(asked.count_date, "count_date")
    made = exporting.export(call.hub, call.company, day, asked.connection, asked.decisions, expected_hash=asked.hash)
    if made["export"] is None:
        raise Declined(409, made["problems"])
    where = "/".join(quote(part, safe="") for part in (call.company, "exports", made["export"]))
    return Answer(content=_shown(made), headers={"location": f"{ROOT}/companies/{where}"})


@operation("GET", "/exports/{export}", Scope.READ, Export)
def show_export(call: Call) -> Answer:
    """Show one export."""
    return Answer(content=_shown(exporting.show_export(call.hub, call.company, call.parts["export"])))


@operation("GET", "/exports/{export}/files/{name}", Scope.READ, bytes, query=FileAsked)
def file(call: Call) -> Answer:
    """Give one of an export's files by its name, or by the reference of its journal."""
    code, name = call.parts["export"], call.parts["name"]
    if not states.doings(export_story(call.hub, call.company, code))["download"]:
        raise not_found("file", name)
    found = exporting.one_file(call.hub, call.company, code, name, call.asked(FileAsked).layout)
    named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    return Answer(content=found.content, headers={"content-disposition": named})


@operation("POST", "/exports/{export}/undo", Scope.EXPORT, Export, status=202, body=UndoAsked)
def undo(call: Call) -> Answer:
    """Undo an export by opposite entries; a file that was not confirmed is withdrawn without one."""
    asked = call.asked(UndoAsked)
    made = exporting.undo(call.hub, call.company, call.parts["export"], asked.decisions, withdraw=asked.withdraw)
    if not asked.withdraw and made["phase"] != "undo" and made["state"] != "UNDONE":
        raise Declined(409, made["problems"])
    return Answer(content=_shown(made))


@operation("POST", "/exports/{export}/confirm", Scope.EXPORT, Export, body=Nothing)
def confirm(call: Call) -> Answer:
    """Say that an export's files were imported; saying it again changes nothing."""
    return Answer(content=_shown(exporting.confirm(call.hub, call.company, call.parts["export"])))


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise declined(422, "not_a_date", "There is no such day in the calendar.", field=field) from error


def _shown(made: Made) -> dict[str, Any]:
    """Return an export as programs elsewhere see it: its files have names, and no folder of this machine."""
    return {**made, "postings": [_posting(each) for each in made["postings"]]}


def _posting(posting: Made) -> dict[str, Any]:
    receipt = posting["receipt"]
    if not receipt:
        return dict(posting)
    return {**posting, "receipt": {**receipt, "file": PurePath(receipt.get("file", "")).name}}
