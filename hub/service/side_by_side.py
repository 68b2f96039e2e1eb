"""A journal as it was posted beside what stands there now, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.service.posting.recorded import paired

Line = Mapping[str, Any]  # a JSON object: its own types


def side_by_side(entry: Mapping[str, Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is not there as it was posted; nothing of it where a system only cut a memo short.

    date_there: empty where it is the same; same: how many lines are; lines: the others, each with its account, `posted`
    and `there` (side, amount and memo; None where it is missing on that side).
    """
    date_there = str(recorded.get("date", entry["date"]))
    lines = list(_lines(entry, recorded))
    changed = [line for line in lines if line["posted"] is None or line["there"] is None or _differs(line)]
    return {
        "date_there": "" if date_there == entry["date"] else date_there,
        "same": len(lines) - len(changed),
        "lines": changed,
    }


def _lines(entry: Mapping[str, Any], recorded: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    left = list(entry["lines"])
    for line, like, certain in paired(recorded["lines"], entry["lines"]):
        if certain:
            left.remove(like)
        yield _row(line, like if certain else None, line)
    for line in left:
        yield _row(line, line, None)


def _row(line: Line, posted: Line | None, there: Line | None) -> dict[str, Any]:
    account = f"{line['account_number']} {line['account_name']}".strip() or line["account_id"]
    return {"account": account, "posted": _said(posted), "there": _said(there)}


def _said(line: Line | None) -> dict[str, str] | None:
    return None if line is None else {name: str(line[name]) for name in ("side", "amount", "memo")}


def _differs(line: Mapping[str, Any]) -> bool:
    posted, there = line["posted"], line["there"]
    cut = posted["memo"].startswith(there["memo"].rstrip("….").rstrip())
    return (posted["side"], posted["amount"]) != (there["side"], there["amount"]) or not cut
