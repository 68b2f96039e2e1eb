"""Journal lines as rows of a table: by site and category, the lines of one adjustment together.

Written by joining text and not by a template: a journal may have thousands of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from hub.service.documents import total
from hub.web.words import amount

Line = Mapping[str, Any]  # Any: JSON's own types
Link = Callable[[Line], str]
"""Returns the address of what a line is made of; empty where there is none."""
APART: Mapping[str, str] = {
    "transfer": "Transfers",
    "production": "Production",
    "production_variance": "Production",
}
NO_ACCOUNT = '<span class="badge bad">no account yet</span>'
NOTHING = '<td class="num"></td>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One entry as a page shows it; body: its lines as table rows; account_missing: numbers of lines without an account."""

    date: str
    reference: str
    memo: str
    lines: int
    debits: str
    credits: str
    body: Markup
    account_missing: tuple[int, ...]


def no_link(_line: Line) -> str:
    """Link nothing."""
    return ""


def journals(
    entries: Sequence[Mapping[str, Any]], sites: Mapping[str, str], currency: str, *, link: Link = no_link
) -> list[Journal]:
    """Return entries as a page shows them; sites: their names by code; link: where each memo leads."""
    return [
        journal(entry, sites, currency, prefix=f"{index}-", link=link) for index, entry in enumerate(entries, start=1)
    ]


def journal(
    entry: Mapping[str, Any], sites: Mapping[str, str], currency: str, *, prefix: str = "", link: Link = no_link
) -> Journal:
    """Return an entry as a page shows it; prefix: of the ids of its lines that lack an account; link: where memos lead."""
    lines: Sequence[Line] = entry["lines"]
    missing = tuple(number for number, line in enumerate(lines, start=1) if not _has_account(line))
    ids = {id(lines[number - 1]): f"line-{prefix}{number}" for number in missing}
    body = Markup("\n".join(_bodies(lines, sites, currency, _Marks(ids, link))))
    return Journal(
        date=entry["date"],
        reference=entry["reference"],
        memo=entry["memo"],
        lines=len(lines),
        debits=total([entry], "debit", currency),
        credits=total([entry], "credit", currency),
        body=body,
        account_missing=missing,
    )


class _Marks(NamedTuple):
    """What rows carry besides their figures; anchors: the id in the page of a line, by Python's id of it."""

    anchors: Mapping[int, str]
    link: Link

    def memo(self, line: Line) -> str:
        """Return a line's memo, linked to what the line is made of."""
        address = self.link(line)
        memo = escape(line["memo"])
        return f'<a href="{escape(address)}">{memo}</a>' if address and memo else memo


def _bodies(lines: Sequence[Line], sites: Mapping[str, str], currency: str, marks: _Marks) -> Iterator[str]:
    found: dict[str, dict[str, list[list[Line]]]] = {}
    for adjustment in _adjustments(lines):
        first = adjustment[0]
        group = APART.get(first["reason"]) or first["category"] or "Other"
        found.setdefault(first["site"], {}).setdefault(group, []).append(adjustment)
    for code, groups in found.items():
        name = escape(sites.get(code, code))
        ordered = sorted(groups.items(), key=lambda each: each[0] in APART.values())
        yield f'<tbody>\n<tr class="group"><th colspan="5" scope="rowgroup">{name}</th></tr>'
        for group, adjustments in ordered:
            yield from _group(group, adjustments, marks)
        own = [{"lines": [line for _, some in ordered for adjustment in some for line in adjustment]}]
        totals = _amount(total(own, "debit", currency)) + _amount(total(own, "credit", currency))
        yield f'<tr class="sum"><th scope="row">{name}</th>{totals}<td class="wide" colspan="2"></td></tr>\n</tbody>'


def _adjustments(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines that belong together: they share what they are for, or one batch."""
    for _, group in groupby(lines, key=_belongs):
        yield list(group)


def _belongs(line: Line) -> tuple[str, str]:
    if line["reason"].startswith("production"):
        return line["site"], line["memo"].partition(" · ")[0].removeprefix("Production variance").removeprefix(
            "Production"
        )
    return "", line["memo"]


def _group(group: str, adjustments: Sequence[Sequence[Line]], marks: _Marks) -> Iterator[str]:
    height = sum(map(len, adjustments))
    heading = f'<td class="wide" rowspan="{height}">{escape(group)}</td>'
    for adjustment in adjustments:
        memos = {line["memo"] for line in adjustment}
        for number, line in enumerate(adjustment):
            shared = len(memos) == 1
            shows = number == 0 or not shared
            memo = marks.memo(line) if shows else ""
            cell = f'<td class="wide memo" rowspan="{len(adjustment) if shared else 1}">{memo}</td>' if shows else ""
            yield _row(line, memo, heading + cell, first=number == 0, anchor=marks.anchors.get(id(line), ""))
            heading = ""


def _row(line: Line, memo: str, cells: str, *, first: bool, anchor: str) -> str:
    debit = line["side"] == "debit"
    value = _amount(line["amount"])
    classes = " ".join(filter(None, ("pair" if first else "", "" if debit else "credit")))
    said = f'<small class="narrow-only">{memo}</small>' if memo else ""
    marks = (f' class="{classes}"' if classes else "") + (f' id="{anchor}"' if anchor else "")
    return (
        f"<tr{marks}>"
        f'<td class="account">{_account(line)}{said}</td>{value + NOTHING if debit else NOTHING + value}{cells}</tr>'
    )


def _account(line: Line) -> str:
    if _has_account(line):
        return escape(f"{line['account_number']} {line['account_name']}".strip() or line["account_id"])
    return f"GL Account {escape(line['gl_account'] or 'not set')} {NO_ACCOUNT}"


def _has_account(line: Line) -> bool:
    return bool(line["account_id"] or line["account_number"] or line["account_name"])


def _amount(value: str) -> str:
    return f'<td class="num">{amount(value)}</td>'
