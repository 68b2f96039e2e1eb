"""Journal lines as rows of a table: by site and category, the lines of one adjustment together.

Written by joining text and not by a template: a journal may have thousands of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from html import escape
from itertools import chain, groupby, repeat
from typing import Any, NamedTuple

from markupsafe import Markup

from hub.api import amount_text
from hub.web.words import amount

Line = Mapping[str, Any]  # Any: JSON's own types
Adjustment = list[Line]
Link = Callable[[Line], str]
"""Returns the address of what a line is made of; empty where there is none."""
APART: Mapping[str, str] = {
    "transfer": "Transfers",
    "production": "Production",
    "production_variance": "Production",
}
OF_ONE_CATEGORY = frozenset({"reverse_prior", "current", "net_change", "closing"})
"""Reasons whose adjustments are of one site and one category, that of the first line."""
NO_ACCOUNT = '<span class="badge bad">no account yet</span>'
NOTHING = '<td class="num"></td>'
COLUMNS = 6


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


@dataclass(slots=True, kw_only=True)
class _Sums:
    """Debits and credits as they add up."""

    debit: Decimal
    credit: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.credit = self.debit

    def add(self, lines: Sequence[Line]) -> None:
        """Add the amounts of some lines, each on its side."""
        for line in lines:
            if line["side"] == "debit":
                self.debit += Decimal(line["amount"])
            else:
                self.credit += Decimal(line["amount"])


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
    marks = _Marks({id(lines[number - 1]): anchor(prefix, number) for number in missing}, link)
    sums = _Sums(debit=Decimal(amount_text(0, currency)))
    body = Markup("\n".join(_bodies(lines, sites, sums, marks)))
    return Journal(
        date=entry["date"],
        reference=entry["reference"],
        memo=entry["memo"],
        lines=len(lines),
        debits=str(sums.debit),
        credits=str(sums.credit),
        body=body,
        account_missing=missing,
    )


def anchor(prefix: str, number: int) -> str:
    """Return the id of a line that lacks an account."""
    return f"line-{prefix}{number}"


class _Marks(NamedTuple):
    """What rows carry besides their figures; anchors: the id in the page of a line, by Python's id of it."""

    anchors: Mapping[int, str]
    link: Link

    def memo(self, line: Line) -> str:
        """Return a line's memo, linked to what the line is made of."""
        address, memo = self.link(line), escape(line["memo"])
        return f'<a href="{escape(address)}">{memo}</a>' if address and memo else memo


def _bodies(lines: Sequence[Line], sites: Mapping[str, str], sums: _Sums, marks: _Marks) -> Iterator[str]:
    nought = sums.debit - sums.debit
    for code, groups in _grouped(lines).items():
        name = _text(sites.get(code, code))
        own = _Sums(debit=nought)
        yield f'<tbody>\n<tr class="group"><th colspan="{COLUMNS}" scope="rowgroup">{name}</th></tr>'
        for group, adjustments in sorted(groups.items(), key=lambda each: each[0] in APART.values()):
            for adjustment in adjustments:
                own.add(adjustment)
            if group in APART.values():
                yield f'<tr class="kind"><th colspan="{COLUMNS}" scope="rowgroup">{group}</th></tr>'
            if all(adjustment[0]["reason"] in OF_ONE_CATEGORY for adjustment in adjustments):
                height = sum(map(len, adjustments))
                place = _cell(name, height) + _cell(_text(group), height)
                for adjustment in adjustments:
                    yield from _rows(adjustment, chain([place], repeat("")), marks)
                    place = ""
            else:
                for adjustment in adjustments:
                    yield from _rows(adjustment, _places(adjustment, sites), marks)
        totals = _amount(str(own.debit)) + _amount(str(own.credit))
        yield f'<tr class="sum"><th scope="row">{name}</th>{totals}<td class="wide" colspan="3"></td></tr>\n</tbody>'
        sums.debit += own.debit
        sums.credit += own.credit


def _grouped(lines: Sequence[Line]) -> dict[str, dict[str, list[Adjustment]]]:
    """Return the adjustments by site, then by category, or what they are where that is not one category's."""
    found: dict[str, dict[str, list[Adjustment]]] = {}
    for _, adjustment in groupby(lines, key=_belongs):
        together = list(adjustment)
        first = together[0]
        group = APART.get(first["reason"]) or first["category"] or "Other"
        found.setdefault(first["site"], {}).setdefault(group, []).append(together)
    return found


def _belongs(line: Line) -> tuple[str, str]:
    """Return what the lines that belong together share: what they are for, or one batch."""
    if line["reason"].startswith("production"):
        return line["site"], line["memo"].partition(" · ")[0].removeprefix("Production variance").removeprefix(
            "Production"
        )
    return "", line["memo"]


def _rows(adjustment: Adjustment, places: Iterable[str], marks: _Marks) -> Iterator[str]:
    """Yield the rows of an adjustment; places: the cells of site and category that begin in each."""
    same = all(line["memo"] == adjustment[0]["memo"] for line in adjustment)
    pair = "pair"
    for line, place in zip(adjustment, places, strict=False):
        if same and not pair:
            yield _row(line, "", place, pair, marks.anchors)
            continue
        memo = marks.memo(line)
        spans = f' rowspan="{len(adjustment)}"' if same and len(adjustment) > 1 else ""
        said = f'<small class="narrow-only">{memo}</small>'
        yield _row(line, said, f'{place}<td class="wide memo"{spans}>{memo}</td>', pair, marks.anchors)
        pair = ""


def _places(adjustment: Adjustment, sites: Mapping[str, str]) -> list[str]:
    """Return the cells of site and category of each line; equal ones that follow each other share the first one's."""
    of_sites = _cells([_text(sites.get(line["site"], line["site"])) for line in adjustment])
    of_categories = _cells([_text(line["category"]) for line in adjustment])
    return [site + category for site, category in zip(of_sites, of_categories, strict=True)]


def _cells(values: Sequence[str]) -> list[str]:
    cells: list[str] = []
    for value, run in groupby(values):
        height = sum(1 for _ in run)
        cells += [_cell(value, height), *[""] * (height - 1)]
    return cells


def _cell(shown: str, height: int) -> str:
    return f'<td class="wide" rowspan="{height}">{shown}</td>' if height > 1 else f'<td class="wide">{shown}</td>'


def _row(line: Line, said: str, cells: str, pair: str, ids: Mapping[int, str]) -> str:
    value = _amount(line["amount"])
    if line["side"] == "debit":
        classes, amounts = pair, value + NOTHING
    else:
        classes, amounts = f"{pair} credit" if pair else "credit", NOTHING + value
    marks = f' class="{classes}"' if classes else ""
    if id(line) in ids:
        marks += f' id="{ids[id(line)]}"'
    return f'<tr{marks}><td class="account">{_account(line)}{said}</td>{amounts}{cells}</tr>'


def _account(line: Line) -> str:
    if _has_account(line):
        return _text(f"{line['account_number']} {line['account_name']}".strip() or line["account_id"])
    return f"GL Account {_text(line['gl_account'] or 'not set')} {NO_ACCOUNT}"


def _has_account(line: Line) -> bool:
    return bool(line["account_number"] or line["account_name"] or line["account_id"])


@lru_cache(maxsize=8_192)
def _text(text: str) -> str:
    """Return a text as HTML; accounts, categories and memos stand on many lines."""
    return escape(text)


@lru_cache(maxsize=8_192)
def _amount(value: str) -> str:
    return f'<td class="num">{amount(value)}</td>'
