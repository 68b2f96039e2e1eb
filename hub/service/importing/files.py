"""Importing a file, or rows that came as JSON: read, checked and stored in one transaction, or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from hub.intake import KINDS, FileRefused, JsonSheet, Progress, Records, Report, Sheet, open_sheet, read_records
from hub.service.importing import charts, setup
from hub.service.importing.charts import ReadChart
from hub.service.importing.counts import store_counts
from hub.service.importing.movements import store_production, store_transfers
from hub.service.importing.opening import store_opening
from hub.service.importing.result import ImportRefused, ImportResult, Outcome
from hub.service.importing.scope import Scope
from hub.store import Database, lock_company
from hub.store.importing import Transaction, company_id, load_known, record_import

HELD_IN_MEMORY_BYTES = 1 << 20

_CONVERT: dict[str, setup.Convert] = {
    "gl-accounts": setup.gl_account,
    "departments": setup.department,
    "categories": setup.category,
    "sites": setup.site,
    "overrides": setup.override,
    "account-map": charts.account_map,
    "site-map": setup.site_map,
    "due-accounts": setup.due_accounts,
}


Guard = Callable[[Transaction], None]
"""Called in an import's transaction before anything is stored, while nobody else writes; raises to keep all of it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One import as it was asked for; sha256: of the file's bytes."""

    company: str
    kind: str
    file_name: str
    sha256: str
    valid_rows: bool
    connection_name: str | None
    actor: str
    now: datetime
    progress: Progress | None
    guard: Guard | None = None


def import_file(
    database: Database,
    company_code: str,
    kind: str,
    source: Path | BinaryIO,
    *,
    actor: str,
    now: datetime,
    encoding: str = "utf-8",
    valid_rows: bool = False,
    connection: str | None = None,
    progress: Progress | None = None,
    chart_reader: ReadChart | None = None,
    file_name: str = "",
) -> ImportResult:
    """Import one CSV or XLSX file; nothing of it is stored unless every row is good, or valid_rows was asked for.

    source: a file, or an open binary one (an upload), which is read from where it stands. connection: the name of the
    one meant where the rows do not say. now: an aware instant. progress: called with the rows read so far.
    chart_reader: reads a chart in the connector's own format. Raises ImportRefused where it cannot even begin.
    """
    _check_kind(kind)
    with _opened(source) as file:
        job = _Job(
            company=company_code,
            kind=kind,
            file_name=file_name or (source.name if isinstance(source, Path) else ""),
            sha256=_sha256(file),
            valid_rows=valid_rows,
            connection_name=connection,
            actor=actor,
            now=now,
            progress=progress,
        )
        return _run(database, job, lambda report: _read(file, job, encoding, chart_reader, report))


def import_rows(
    database: Database,
    company_code: str,
    kind: str,
    rows: Sequence[Mapping[str, object]],
    *,
    actor: str,
    now: datetime,
    valid_rows: bool = False,
    connection: str | None = None,
    guard: Guard | None = None,
    file_name: str = "",
) -> ImportResult:
    """Import rows that came as JSON objects, with the rules of a file; every value is a string, amounts too."""
    _check_kind(kind)
    text = json.dumps(rows, sort_keys=True, default=str).encode()
    job = _Job(
        company=company_code,
        kind=kind,
        file_name=file_name,
        sha256=hashlib.sha256(text).hexdigest(),
        valid_rows=valid_rows,
        connection_name=connection,
        actor=actor,
        now=now,
        progress=None,
        guard=guard,
    )
    return _run(database, job, lambda report: _rows(JsonSheet(rows), job, report))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(HELD_IN_MEMORY_BYTES):
        digest.update(block)
    return digest.hexdigest()


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise ImportRefused(f"There is no import kind “{kind}”. The kinds are: {', '.join(KINDS)}.")


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Open the file; an upload is copied first, since it is read more than once and may not be seekable."""
    if isinstance(source, Path):
        try:
            file = source.open("rb")
        except OSError as error:
            raise ImportRefused(f"{source} cannot be opened: {error.strerror}.") from error
        with file:
            yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=HELD_IN_MEMORY_BYTES) as copy:
        shutil.copyfileobj(source, copy)
        copy.seek(0)
        yield copy  # type: ignore[misc]  # all that is used of it is what a binary file has


Content = Records | Sheet
"""What was read: records of all kinds but counts, whose sheet is read while it is stored."""


def _read(file: BinaryIO, job: _Job, encoding: str, read_chart: ReadChart | None, report: Report) -> Content:
    if job.kind != "chart" or read_chart is None:
        return _rows(open_sheet(file, encoding), job, report)
    try:
        sheet = open_sheet(file, encoding)
    except FileRefused:
        sheet = None
    if sheet and charts.is_our_chart(sheet):
        return _rows(sheet, job, report)
    return charts.read_connectors_chart(file, job.file_name, read_chart, report)


def _rows(sheet: Sheet, job: _Job, report: Report) -> Content:
    return sheet if job.kind == "counts" else read_records(sheet, KINDS[job.kind], report, job.progress)


class _NothingToKeep(Exception):
    """Rolls the transaction back: errors keep the file out, or it changes nothing."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


def _run(database: Database, job: _Job, read: Callable[[Report], Content]) -> ImportResult:
    report, outcome = Report(), Outcome()
    try:
        content = read(report)
        with database.write() as connection:
            outcome = _store(connection, job, content, report)
    except FileRefused as refused:
        for error in refused.errors:
            report.add(error)
        return replace(_result(job, report, Outcome()), stored=False)
    except _NothingToKeep as nothing:
        outcome = nothing.outcome
    return _result(job, report, outcome)


def _store(connection: Transaction, job: _Job, content: Content, report: Report) -> Outcome:
    scope = _scope(connection, job, content, report)
    outcome = _dispatch(job, content, scope)
    if scope.refuses or report.unknown_group or not outcome.changes:
        raise _NothingToKeep(outcome)
    _record(scope, job, outcome)
    return outcome


def _scope(connection: Transaction, job: _Job, content: Content, report: Report) -> Scope:
    found = company_id(connection, job.company)
    if found is None:
        raise ImportRefused(f"There is no company “{job.company}”.")
    lock_company(connection, job.company)
    if job.guard:
        job.guard(connection)
    known = load_known(connection, found)
    if job.connection_name and job.connection_name not in known.connections:
        names = ", ".join(known.connections) or "none yet"
        raise ImportRefused(f"There is no connection “{job.connection_name}”. The connections are: {names}.")
    return Scope(
        connection=connection,
        known=known,
        report=report,
        now=job.now,
        valid_rows=job.valid_rows,
        columns=content.columns if isinstance(content, Records) else frozenset(),
        connection_name=job.connection_name,
    )


def _dispatch(job: _Job, content: Content, scope: Scope) -> Outcome:
    if not isinstance(content, Records):
        return store_counts(content, scope, job.progress)
    if job.kind == "transfers":
        return store_transfers(content.rows, scope)
    if job.kind == "production":
        return store_production(content.rows, scope)
    if job.kind == "opening":
        return store_opening(content.rows, scope)
    if job.kind == "chart":
        return charts.store_chart(content.rows, scope)
    return setup.store_setup(job.kind, _CONVERT[job.kind], content.rows, scope)


def _record(scope: Scope, job: _Job, outcome: Outcome) -> None:
    detail: dict[str, object] = {
        "file": job.file_name,
        "sha256": job.sha256,
        "rows": scope.report.rows,
        "added": outcome.added,
        "changed": outcome.changed,
        "removed": outcome.removed,
        "left_out": outcome.left_out,
    }
    if outcome.told:
        detail |= {"changes": list(outcome.told), "changes_not_told": outcome.not_told}
    record_import(scope.connection, scope.company_id, at=job.now, actor=job.actor, kind=job.kind, detail=detail)


def _result(job: _Job, report: Report, outcome: Outcome) -> ImportResult:
    kept_out = report.unknown_group or (report.error_count > 0 and not job.valid_rows)
    return ImportResult(
        kind=job.kind,
        rows=report.rows,
        stored=not kept_out,
        added=outcome.added,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        removed=outcome.removed,
        left_out=outcome.left_out,
        errors=tuple(report.errors),
        error_count=report.error_count,
        notes=tuple(report.notes),
        note_count=report.note_count,
        amended=outcome.amended,
    )
