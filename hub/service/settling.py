"""Take a frozen export forward: post it, or make its files from the frozen bytes; the same export gives the same files."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from hub.api import ConnectorError, File, JournalEntry
from hub.service.connections import OpenBooks
from hub.service.context import Hub, refuse
from hub.service.frozen import export_document, export_row
from hub.service.posting.standings import frozen_entry
from hub.service.posting.working import work
from hub.service.scope import CompanyRows, reading, writing
from hub.store import Row


def settle(hub: Hub, company: str, code: str, out: Path | None) -> dict[str, Any]:
    """Take an export as far as it goes now, and return it: posted, handed to the workers, or with its files made."""
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        books = _open_books(hub, rows, row)
    if books.makes_files:
        return _files_made(hub, company, code, out)
    if hub.posting.wake is not None:
        hub.posting.wake(row["id"], str(row["connection_id"]))
    else:
        work(hub, row["id"])
    return _answer(hub, company, code, {})


def _files_made(hub: Hub, company: str, code: str, out: Path | None) -> dict[str, Any]:
    """Make an export's files where it still waits for them, and return the export."""
    with reading(hub, company) as rows:
        row = export_row(rows, code)
        entries = frozen_entries(rows, row)
        books = _open_books(hub, rows, row)
    if row["state"] == "UNDONE" or not entries:
        return _answer(hub, company, code, {})
    made = make_files(books, entries)
    paths = write_files(files_folder(hub, company, code), made)
    if out is not None:
        paths = write_files(out, made)
    if row["state"] == "FROZEN":
        _mark_ready(hub, company, code, made)
    return _answer(hub, company, code, dict(zip((entry.reference for entry in entries), map(str, paths), strict=True)))


def make_files(books: OpenBooks, entries: Sequence[JournalEntry], **settings: str) -> list[File]:
    """Return the connector's file of each entry."""
    try:
        with books.session(settings) as session:
            receipts = [session.post(entry) for entry in entries]
    except ConnectorError as error:
        raise refuse(
            "file_not_made", f"{books.label}: {error.message}", "Correct what it names, then try again."
        ) from error
    return [receipt.file for receipt in receipts if receipt.file is not None]


def write_files(folder: Path, files: Sequence[File]) -> list[Path]:
    """Write files into a folder, each whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in files:
            path = folder / file.name
            with NamedTemporaryFile(dir=folder, prefix=f".{file.name}.", delete=False) as partial:
                partial.write(file.content)
            Path(partial.name).replace(path)
            paths.append(path)
    except OSError as error:
        raise refuse(
            "file_not_written",
            f"The file could not be written to {folder}: {error.strerror}.",
            "Choose another folder, or make room, then export again: it gives the same file.",
        ) from error
    return paths


def files_folder(hub: Hub, company: str, code: str) -> Path:
    """Return where an export's own files are kept."""
    return hub.home / "files" / company / code


def written(
    hub: Hub, company: str, rows: CompanyRows, row: Row, *, every: Sequence[Row] | None = None
) -> dict[str, str]:
    """Return where each posting's file was written, for those that are still there; every: the export's postings, if read."""
    folder = files_folder(hub, company, row["code"])
    found = {}
    own = [posting for posting in every or () if posting["kind"] == row["phase"]]
    for posting in rows.exports.postings(row["id"], row["phase"]) if every is None else own:
        receipt = posting["receipt"]
        path = folder / str(receipt["file"]) if receipt and receipt.get("file") else None
        if path is not None and path.exists():
            found[posting["reference"]] = str(path)
    return found


def frozen_entries(rows: CompanyRows, row: Row) -> list[JournalEntry]:
    """Return an export's entries in its present phase, each checked against the checksum it was frozen with."""
    return [frozen_entry(posting, row) for posting in rows.exports.postings(row["id"], row["phase"])]


def _open_books(hub: Hub, rows: CompanyRows, row: Row) -> OpenBooks:
    found = next(one for one in rows.connections() if one["id"] == row["connection_id"])
    return OpenBooks(hub, found, rows)


def _mark_ready(hub: Hub, company: str, code: str, files: Sequence[File]) -> None:
    with writing(hub, company) as rows:
        row = export_row(rows, code)
        if row["state"] != "FROZEN":
            return
        for posting, file in zip(rows.exports.postings(row["id"], row["phase"]), files, strict=True):
            receipt = {"id": posting["reference"], "number": posting["reference"], "url": "", "file": file.name}
            rows.exports.set_posting(posting["id"], state="FILE_READY", receipt=receipt)
        rows.exports.set_export(row["id"], state="FILE_READY")
        if row["phase"] == "post":
            rows.exports.apply_values(row["id"])
        detail = {"files": [{"name": file.name, "sha256": sha256(file.content).hexdigest()} for file in files]}
        rows.exports.audit("file ready", code, detail, actor=hub.actor, now=hub.clock())


def _answer(hub: Hub, company: str, code: str, files: dict[str, str]) -> dict[str, Any]:
    with reading(hub, company) as rows:
        return export_document(rows, export_row(rows, code), files)
