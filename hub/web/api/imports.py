"""Importing files and rows of every kind."""

from __future__ import annotations

import io
from collections.abc import Mapping
from itertools import islice
from typing import Any

from hub.api import ConnectorError
from hub.domain.access import Scope
from hub.service.importing import KINDS, ImportRefused, ImportResult, RowError, result_document
from hub.service.imports import Asked, import_rows_sent, import_sent
from hub.web.api.operations import CSV, JSON, XLSX, Answer, Call, Upload, operation
from hub.web.api.problems import MOST_LISTED, Declined, Problem, declined, problem
from hub.web.api.reading import read_json
from hub.web.api.shapes import ImportAsked, Imported

ENDINGS = {JSON: ".json", CSV: ".csv", XLSX: ".xlsx"}
Rows = list[Mapping[str, Any]]  # Any: JSON's own types


@operation("POST", "/imports/{kind}", Scope.IMPORT, Imported, query=ImportAsked, upload=True)
def import_(call: Call) -> Answer:
    """Import rows: all of them, or none where one has an error; the same again changes nothing."""
    kind, query = call.parts["kind"], call.asked(ImportAsked)
    if kind not in KINDS:
        known = f"There is no such import kind. The kinds are: {', '.join(KINDS)}."
        raise declined(404, "not_found", known, field="kind")
    assert call.upload is not None
    asked = Asked(
        kind=kind,
        name=f"{kind}{ENDINGS.get(call.upload.kind, '')}",
        encoding=call.upload.encoding,
        valid_rows=query.valid_rows == "true",
        connection=query.connection,
    )
    result = _imported(call, call.upload, asked)
    if not result.stored:
        raise Declined(422, [_problem(error) for error in result.errors[:MOST_LISTED]], found=result.error_count)
    return Answer(content=result_document(result))


def _imported(call: Call, upload: Upload, asked: Asked) -> ImportResult:
    try:
        if upload.kind == JSON:
            return import_rows_sent(call.hub, call.company, _rows(upload.content), asked)
        return import_sent(call.hub, call.company, io.BytesIO(upload.content), asked)
    except ImportRefused as error:
        raise declined(422, "refused", str(error), field="connection") from error
    except ConnectorError as error:
        raise declined(422, error.code or "unreadable", error.message, field="body") from error


def _rows(content: bytes) -> Rows:
    found = read_json(content)
    if not isinstance(found, list):
        raise declined(422, "not_rows", "Send a JSON array of rows, each an object.", field="body")
    wrong = (number for number, row in enumerate(found, 1) if not isinstance(row, dict))
    if first := list(islice(wrong, MOST_LISTED)):
        told = "This row is not an object of columns and their values."
        listed = [problem("not_a_row", told, row=number, field="body") for number in first]
        raise Declined(422, listed, found=len(first) + sum(1 for _ in wrong))
    return found


def _problem(error: RowError) -> Problem:
    value = {"value": error.value} if error.value else {}
    return problem(error.rule, error.message, row=error.row, field=error.column or "body", **value)
