"""The shapes of what programs send and get: the same as the command line's --json, told to the OpenAPI document.

The description of a field that is sent says what it must be: it completes the sentence `“hash” must be …`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.domain.decisions import KEYS

Amount = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]{1,4})?$")]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
    Field(json_schema_extra={"format": "date"}),
]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Decision = Annotated[str, StringConstraints(max_length=500, pattern=rf"^({'|'.join(KEYS)})=[^\x00-\x1f\x7f]+$")]
Where = dict[str, str | int]

DAY = "a date such as 2026-10-31"
CONNECTION = "the name of one of the company's connections; it is needed where there are several"
DECISIONS = "decisions on problems, each KEY=VALUE, such as acknowledge=not_checked"


class Shape(BaseModel):
    """A JSON object that has these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Shape):
    """An object without fields, or nothing at all."""


class OfConnection(Shape):
    """What narrows a listing."""

    connection: Name | None = Field(None, description=CONNECTION)


class PreviewAsked(OfConnection):
    """Which preview is asked for."""

    count: Day | None = Field(None, description=f"{DAY}; without one, the newest count on offer is meant")
    decide: list[Decision] = Field([], max_length=1_000, description=DECISIONS)


class ImportAsked(OfConnection):
    """How rows are imported."""

    valid_rows: Literal["true", "false"] = Field(
        "false", description="true to take the good rows of a file with errors, or false to take all or nothing"
    )


class ExportAsked(Shape):
    """Export exactly what a preview showed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"count_date": "2026-10-31", "connection": "books", "hash": "0" * 64, "decisions": []}]
        }
    )
    count_date: Day = Field(description=DAY)
    hash: Hash = Field(description="the hash of the preview, of 64 characters")
    connection: Name | None = Field(None, description=CONNECTION)
    decisions: list[Decision] = Field([], max_length=1_000, description=f"{DECISIONS}: the same as the preview's")


class UndoAsked(Shape):
    """Undo an export."""

    decisions: list[Decision] = Field([], max_length=1_000, description=DECISIONS)
    withdraw: bool = Field(False, description="true to take back an undo whose file was not imported, else false")


class FileAsked(Shape):
    """In which layout a file is made."""

    layout: Name | None = Field(None, description="a layout that the connection's settings know, in place of its own")


class ProblemShape(Shape):
    """One thing to put right, decide or know. fix: what to do; where: what it is about, such as a site, a row or a field."""

    level: Literal["problem", "warning", "note"]
    blocking: bool
    code: str
    message: str
    fix: str
    where: Where


class CountOffered(Shape):
    """A date on offer to a connection; value: of its counts."""

    count_date: Date
    connection: str
    sites: list[str]
    value: Amount
    default: bool


class Line(Shape):
    """One line of an entry; its account as the accounting system has it; reason: why it is there."""

    account_number: str
    account_name: str
    account_id: str
    gl_account: str
    side: Literal["debit", "credit"]
    amount: Amount
    site: str
    category: str
    reason: str
    memo: str
    dimensions: dict[str, str]


class Entry(Shape):
    """One journal entry, balanced."""

    date: Date
    reference: str
    memo: str
    lines: list[Line]


class Preview(Shape):
    """What an export would post, and everything that stands in its way; hash: what an export of exactly this sends back."""

    label: str
    title: str
    count_date: Date
    connection: str
    currency: str
    balanced: bool
    debits: Amount
    credits: Amount
    hash: Hash
    entries: list[Entry]
    problems: list[ProblemShape]


class Receipt(Shape):
    """What the accounting system calls the journal, or the name of its file."""

    id: str
    number: str
    url: str
    file: str
    status: str = ""


class Posting(Shape):
    """One journal of an export; key: what it is posted under, the same on every try."""

    part: int
    state: str
    reference: str
    key: str
    receipt: Receipt | None


class Export(Shape):
    """An export, and how far it is; hash: of the preview that it was made from."""

    export: str
    state: str
    count_date: Date
    sequence: int
    connection: str
    label: str
    kind: str
    phase: Literal["post", "undo"]
    hash: str
    created_by: str
    created_at: str
    sites: list[str]
    decisions: list[str]
    postings: list[Posting]
    problems: list[ProblemShape]


class RowErrorShape(Shape):
    """One thing wrong with a row; row 0 is the file as a whole, column is empty where the whole row is meant."""

    row: int
    column: str
    rule: str
    message: str
    value: str


class RowNoteShape(Shape):
    """Something to know about a row that was taken."""

    row: int
    rule: str
    message: str


class Amended(Shape):
    """A count that now differs from what was exported."""

    site: str
    count_date: Date


class Imported(Shape):
    """What an import did: rows, or whole counts, that are new, changed, as before, gone or left out because of their errors."""

    kind: str
    rows: int
    stored: bool
    added: int
    changed: int
    unchanged: int
    removed: int
    left_out: int
    errors: list[RowErrorShape]
    error_count: int
    notes: list[RowNoteShape]
    note_count: int
    amended: list[Amended]


class ProblemDetails(Shape):
    """RFC 9457; instance: the number of the request, to ask about; problem_count: more than are listed from 1,000 on."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    instance: str
    problems: list[ProblemShape]
    problem_count: int
