"""A posted journal as it stands in the accounting system, where it differs from what was frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hub.api import Account
from hub.domain.setup import same_account
from hub.service.documents import Document
from hub.store import Row

Line = Mapping[str, Any]  # a JSON object: its own types


def standing_document(posting: Row | Document) -> Document:
    """Return the entry that stands there: the frozen one, or what was recorded or accepted instead of it.

    A recorded line takes its site, category and dimensions from the frozen line it is most like.
    """
    frozen: Document = json.loads(posting["entry"])
    recorded = posting["recorded"]
    if recorded is None or not recorded["lines"]:
        return frozen
    pairs = paired(recorded["lines"], frozen["lines"])
    same = len(recorded["lines"]) == len(frozen["lines"]) and all(
        line["side"] == like["side"] and _amount(line) == _amount(like) and exact for line, like, exact in pairs
    )
    if same:
        return frozen
    lines = [_merged(line, like, exact=exact) for line, like, exact in pairs]
    return {**frozen, "date": recorded.get("date", frozen["date"]), "lines": lines}


def paired(recorded: Sequence[Line], frozen: Sequence[Line]) -> list[tuple[Line, Line, bool]]:
    """Return each recorded line with the frozen line it is most like, and whether it is certainly that one.

    Account and side must be the same; memo and amount decide between several, and where neither does none is certain.
    """
    free = list(frozen)
    likes: dict[int, Line] = {}
    for alike in (_same_all, _same_amount, _same_memo, _same_place):
        for index, line in enumerate(recorded):
            candidates = [like for like in free if index not in likes and alike(like, line)]
            if candidates and (alike is not _same_place or len({_where(like) for like in candidates}) == 1):
                likes[index] = candidates[0]
                free.remove(candidates[0])
    return [(line, likes.get(index, frozen[0]), index in likes) for index, line in enumerate(recorded)]


def _same_place(frozen: Line, recorded: Line) -> bool:
    return frozen["side"] == recorded["side"] and same_account(_account(frozen), _account(recorded))


def _same_amount(frozen: Line, recorded: Line) -> bool:
    return _amount(frozen) == _amount(recorded) and _same_place(frozen, recorded)


def _same_memo(frozen: Line, recorded: Line) -> bool:
    return frozen["memo"] == recorded["memo"] and _same_place(frozen, recorded)


def _same_all(frozen: Line, recorded: Line) -> bool:
    return frozen["memo"] == recorded["memo"] and _same_amount(frozen, recorded)


def _where(line: Line) -> tuple[str, str]:
    return line["site"], line["category"]


def _merged(line: Line, like: Line, *, exact: bool) -> dict[str, Any]:
    there = {name: line[name] for name in ("account_id", "account_number", "account_name", "side", "amount")}
    if exact:
        return {**like, "side": line["side"], "amount": line["amount"]}
    return {**like, **there, "category": "", "gl_account": "", "memo": line["memo"] or like["memo"]}


def _amount(line: Line) -> str:
    return str(line["amount"])


def _account(line: Line) -> Account:
    return Account(id=line["account_id"], number=line["account_number"], name=line["account_name"])
