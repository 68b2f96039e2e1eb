"""What a file of the layout cannot hold of an entry: found before anything is written, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hub.api import JournalEntry, Level, Problem, Where
from hub_csv_iif.settings import Settings
from hub_csv_iif.text import SUBSTITUTIONS, Change, TextRule, rewrite
from hub_csv_iif.wire import LAYOUTS
from hub_csv_iif.wire.layout import Cell, Layout, Memo, Name, Table, dimensions_in_use

_SHOWN_LENGTH = 80
_SHOWN_NAMES = 10
_WHERE_TO_RENAME = {
    "account": "Rename the account in {label}, bring in the chart again and map the new name.",
    "site": "Rename the site in the hub.",
    "category": "Rename the category in the hub.",
    "tax rate": "Correct the connection's setting tax_rate.",
    "journal": "Correct the connection's setting journal.",
}
_RENAME_DIMENSION = "Correct it in the Site Map; if {label} itself has it so, rename it there first."


def lines_per_entry(settings: Settings) -> int | None:
    """The most lines a journal may have, None where no limit is known."""
    return settings.max_lines or LAYOUTS[settings.layout].limits.lines_per_entry


def file_problems(entry: JournalEntry, settings: Settings) -> tuple[Problem, ...]:
    """Return all that keeps the entry out of a file of this layout, and what its memos lose in it."""
    layout = LAYOUTS[settings.layout]
    table = layout.table(entry, settings)
    return (
        *_too_many_lines(entry, settings, layout),
        *_accounts_without_text(entry, layout),
        *_dimensions_without_column(entry, table, layout),
        *_several_subsidiaries(entry, layout),
        *_texts(entry, table, layout),
    )


def place_of(entry: JournalEntry, index: int) -> Where:
    """Where a line stands, for people and programs: its number from 1, site, category and GL Account."""
    line = entry.lines[index]
    return Where(
        line=index + 1, site=line.site, category=line.category, gl_account=line.gl_account, account=line.account.title
    )


def shown(text: str) -> str:
    """A text as it can stand in a message: one line, nothing invisible, not too long."""
    rewritten = rewrite(text, TextRule()).text
    return rewritten if len(rewritten) <= _SHOWN_LENGTH else rewritten[: _SHOWN_LENGTH - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """Names as they can stand in a message: in order, the first ten of them, an empty one as `none`."""
    texts = [f"“{shown(name)}”" if name else "none" for name in sorted(set(names))]
    more = len(texts) - _SHOWN_NAMES
    return ", ".join(texts[:_SHOWN_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def _too_many_lines(entry: JournalEntry, settings: Settings, layout: Layout) -> Iterator[Problem]:
    most = lines_per_entry(settings)
    if most is not None and len(entry.lines) > most:
        yield Problem(
            level=Level.PROBLEM,
            code="too_many_lines",
            message=f"{layout.label} takes at most {most:,} lines in one journal; this one has {len(entry.lines):,}.",
            fix="Make one entry per site (company setting entry_per), or post fewer sites together.",
        )


def _accounts_without_text(entry: JournalEntry, layout: Layout) -> Iterator[Problem]:
    first_lines = {line.account: index for index, line in reversed(list(enumerate(entry.lines)))}
    for account, index in sorted(first_lines.items(), key=lambda item: item[1]):
        if not layout.account_text(account):
            yield Problem(
                level=Level.PROBLEM,
                code=f"account_without_{layout.account_needs}",
                message=f"{layout.label} knows accounts by their {layout.account_needs}, "
                f"and “{shown(account.title)}” has none.",
                fix=f"Give the account a {layout.account_needs} in {layout.label} and bring in the chart again.",
                where=place_of(entry, index),
            )


def _dimensions_without_column(entry: JournalEntry, table: Table, layout: Layout) -> Iterator[Problem]:
    columns = {dimension.name for dimension in layout.dimensions}
    others = [name for name in dimensions_in_use(entry.lines) if name not in columns]
    own_columns = {cell.casefold() for cell in table.header if isinstance(cell, str)}
    if layout.other_dimensions is None:
        homeless = [name for name in others if name.casefold() in own_columns]
    else:
        homeless = others if len(others) > layout.other_dimensions else []
    for name in homeless:
        index = next(index for index, line in enumerate(entry.lines) if line.dimensions.get(name))
        yield Problem(
            level=Level.PROBLEM,
            code="dimension_missing",
            message=f"The lines carry a {shown(name)}, for which {layout.label}'s file has no place: "
            f"{_places(layout)}.",
            fix=f"In the Site Map, take {shown(name)} out or choose a dimension that the file has.",
            where=place_of(entry, index),
        )


def _places(layout: Layout) -> str:
    names = ", ".join(dimension.name for dimension in layout.dimensions)
    if layout.other_dimensions is None:
        return "it is the name of another column of the file"
    if layout.other_dimensions:
        return f"a journal there has at most {layout.other_dimensions} tracking categories"
    return f"it has {names}"


def _several_subsidiaries(entry: JournalEntry, layout: Layout) -> Iterator[Problem]:
    if "subsidiary" not in {dimension.name for dimension in layout.dimensions}:
        return
    subsidiaries = [line.dimensions.get("subsidiary", "") for line in entry.lines]
    odd = next((index for index, name in enumerate(subsidiaries) if name != subsidiaries[0]), None)
    if odd is not None:
        index = next((index for index, name in enumerate(subsidiaries) if not name), odd)
        yield Problem(
            level=Level.PROBLEM,
            code="dimension_required",
            message=f"A {layout.label} journal belongs to one subsidiary; the lines of this one name {listed(subsidiaries)}.",
            fix="Give every site of these books its subsidiary in the Site Map.",
            where=place_of(entry, index),
        )


@dataclass(kw_only=True)
class _Altered:
    """The memos that one kind of substitution touches: their lines, and one of them as written."""

    sample: str
    lines: list[int] = field(default_factory=list)


def _texts(entry: JournalEntry, table: Table, layout: Layout) -> Iterator[Problem]:
    """Names that would change, each once; memos that do change, one warning for each kind of change."""
    refused: set[tuple[str, str]] = set()
    altered: dict[Change, _Altered] = {}
    for index, row in _rows(table):
        for cell in row:
            if isinstance(cell, str) or not cell.text:
                continue
            rewritten = rewrite(cell.text, layout.rule, cell.length)
            if isinstance(cell, Memo):
                for change in rewritten.changes:
                    lines = altered.setdefault(change, _Altered(sample=rewritten.text)).lines
                    lines += [index + 1] if lines[-1:] != [index + 1] else []
            elif rewritten.changes and (cell.what, cell.text) not in refused:
                refused.add((cell.what, cell.text))
                yield _refused(cell, rewritten.changes, layout, place_of(entry, index))
    yield from (_altered(change, memos, entry, layout) for change, memos in altered.items())


def _rows(table: Table) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    yield from enumerate(table.rows)
    yield 0, table.header


def _refused(cell: Name, changes: Sequence[Change], layout: Layout, where: Where) -> Problem:
    found = " and ".join(SUBSTITUTIONS[change].found for change in changes)
    if Change.LENGTH in changes:
        found = found.replace(SUBSTITUTIONS[Change.LENGTH].found, f"more than {cell.length} characters")
    fix = _WHERE_TO_RENAME.get(cell.what, _RENAME_DIMENSION)
    return Problem(
        level=Level.PROBLEM,
        code="text_refused",
        message=f"The {shown(cell.what)} “{shown(cell.text)}” has {found}, which {layout.label}'s file cannot hold. "
        f"A name is never changed, since it would then be another {shown(cell.what)}.",
        fix=fix.format(label=layout.label),
        where=where,
    )


def _altered(change: Change, memos: _Altered, entry: JournalEntry, layout: Layout) -> Problem:
    substitution = SUBSTITUTIONS[change]
    others = len(memos.lines) - 1
    lines = f"line {memos.lines[0]}" + (f" and {others} more" if others else "")
    return Problem(
        level=Level.WARNING,
        code="text_altered",
        message=f"{layout.label}'s file cannot hold {substitution.found} in a memo and has {substitution.written} "
        f"instead: {lines}, written as “{shown(memos.sample)}”.",
        fix="Accept it if it reads well; otherwise rename the category or site that the memo names.",
        where=place_of(entry, memos.lines[0] - 1),
    )
