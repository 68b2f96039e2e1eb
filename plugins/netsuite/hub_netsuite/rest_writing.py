"""The body that adds a journal entry over REST: JSON with amounts written digit by digit."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hub.api import JournalLine, minor_digits
from hub_netsuite.escaping import MOST_MEMO
from hub_netsuite.writing import DIMENSIONS, Draft

_as_json = json.JSONEncoder(separators=(",", ":")).encode


def journal(draft: Draft) -> bytes:
    """Return the body of a journal entry: the same bytes on every attempt."""
    head: dict[str, object] = {
        "externalId": draft.external_id,
        "tranDate": draft.entry.date.isoformat(),
        "memo": draft.memo[:MOST_MEMO],
    }
    if draft.currency:
        head["currency"] = {"id": draft.currency}
    if draft.subsidiary:
        head["subsidiary"] = {"id": draft.subsidiary}
    if draft.approved:
        head["approved"] = True
    return f'{_as_json(head)[:-1]},"line":{{"items":[{",".join(_lines(draft))}]}}}}'.encode()


def _lines(draft: Draft) -> Iterator[str]:
    """Yield each line; JSON libraries write floats, so amounts are put in as the text that they are."""
    digits = minor_digits(draft.entry.currency)
    for line in draft.entry.lines:
        memo = f',"memo":{_as_json(line.memo[:MOST_MEMO])}' if line.memo else ""
        account = _as_json({"id": line.account.id})
        dimensions = "".join(_dimensions(draft, line)) if line.dimensions else ""
        yield f'{{"account":{account},"{line.side.value}":{line.amount:.{digits}f}{memo}{dimensions}}}'


def _dimensions(draft: Draft, line: JournalLine) -> Iterator[str]:
    for name in DIMENSIONS:
        if value := line.dimensions.get(name):
            yield f',"{name}":{_as_json({"id": draft.dimensions[name, value]})}'
