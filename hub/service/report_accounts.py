"""Which accounts a category went to: the GL Account, the override and the map behind each, and who set them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from hub.api import Account, Reason, amount_text
from hub.domain.resolution import Part, Use, override_keys
from hub.domain.setup import Books
from hub.service.scope import CompanyRows
from hub.service.set_by import SetBy, set_by
from hub.store import Row
from hub.store.report_line_rows import CarriedValue, LineRows

PARTS: tuple[Part, ...] = ("asset", "cogs")
Step = dict[str, Any]
"""what (category, department, override, map), name, gl_account, gl_name, account, set_by. Any: JSON's own types."""


def accounts(
    rows: CompanyRows,
    books: Books,
    lines: LineRows,
    *,
    of: tuple[str, str],
    export: Row | None,
    journal: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Return the accounts of a site and category (of), each with the steps that lead to it.

    export: the one that carries the count: `used` is then what it posted to, and `changed` tells whether the set-up has
    another account now. journal: its lines, which tell whether transfers are posted.
    """
    chain = _Chain(rows, books, lines, of, export["created_at"] if export else None)
    posted = lines.set_by([export["id"]]) if export else []
    found = [_account(chain, part, "count", _used(posted, part)) for part in PARTS]
    if any(line["reason"] == Reason.TRANSFER for line in journal):
        found.append(_account(chain, "cogs", "transfer", None))
    return found


def carried_document(value: CarriedValue, currency: str) -> dict[str, Any]:
    """Return a value that the books carried, with what set it and the accounts it is in."""
    return {
        "value": amount_text(value.value, currency),
        "as_of": value.as_of.isoformat(),
        "export": value.export,
        "asset": {"gl_account": value.asset_gl, "account": _title(value.asset_account)},
        "cogs": {"gl_account": value.cogs_gl, "account": _title(value.cogs_account)},
    }


def _account(chain: _Chain, part: Part, use: Use, used: dict[str, str] | None) -> dict[str, Any]:
    steps = list(chain.steps(part, use))
    today = {"gl_account": _last(steps, "gl_account"), "account": _last(steps, "account")}
    return {
        "part": part,
        "use": use,
        "used": used,
        "today": today,
        "changed": used is not None and used != today,
        "steps": steps,
    }


def _last(steps: Sequence[Step], name: str) -> str:
    return next((str(step[name]) for step in reversed(steps) if step[name]), "")


def _used(posted: Sequence[CarriedValue], part: Part) -> dict[str, str] | None:
    for value in posted:
        gl, account = (value.asset_gl, value.asset_account) if part == "asset" else (value.cogs_gl, value.cogs_account)
        return {"gl_account": gl, "account": _title(account)}
    return None


class _Chain:
    """Follows a category to an account as the set-up has it now; until: who set it is looked up as of this instant."""

    def __init__(
        self, rows: CompanyRows, books: Books, lines: LineRows, of: tuple[str, str], until: datetime | None
    ) -> None:
        self.rows = rows
        self.setup = rows.setup
        self.books = books
        self.site, self.category = of
        self.own = dict(zip(PARTS, lines.own_accounts(), strict=True))
        self.until = until

    def steps(self, part: Part, use: Use) -> Iterator[Step]:
        category = self.setup.categories[self.category]
        number = category.asset if part == "asset" else category.cogs
        if number is None:
            return
        yield self._first(part, number)
        for key in override_keys(number, self.site, use):
            if key in self.setup.overrides:
                number = self.setup.overrides[key]
                yield self._override(key, number)
                break
        account = self.setup.account_maps.get(self.books.name, {}).get(number)
        if account is not None:
            yield self._map(number, account)

    def _first(self, part: Part, number: str) -> Step:
        what: Literal["category", "department"] = "category" if self.own[part] else "department"
        name = self.category if self.own[part] else self.setup.categories[self.category].department
        kind = {"category": "categories", "department": "departments"}[what]
        return self._step(what, name, number, set_=self._set(kind, {what: name}, f"{part}_account"))

    def _override(self, key: tuple[str, str, str], number: str) -> Step:
        gl_account, site, use = key
        row = {"gl_account": gl_account, "site": site, "use": use}
        name = ", ".join(text for text in (self.setup.sites[site].name if site else "", use and f"{use}s only") if text)
        return self._step("override", name, number, set_=self._set("overrides", row))

    def _map(self, number: str, account: Account) -> Step:
        row = {"connection": self.books.name, "gl_account": number}
        return {**self._step("map", number, "", set_=self._set("account-map", row)), "account": account.title}

    def _step(self, what: str, name: str, number: str, *, set_: SetBy | None) -> Step:
        known = self.setup.gl_accounts.get(number)
        title = known.name if known else ""
        return {"what": what, "name": name, "gl_account": number, "gl_name": title, "account": "", "set_by": set_}

    def _set(self, kind: str, row: Mapping[str, str], column: str = "") -> SetBy | None:
        return set_by(self.rows, kind, row, column, self.until)


def _title(account: Mapping[str, str]) -> str:
    return Account(id=account.get("id", ""), number=account.get("number", ""), name=account.get("name", "")).title
