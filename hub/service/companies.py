"""Companies and what they chose under Company Settings > Accounting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import available_timezones

from hub.api import Problem, amount_text, minor_digits
from hub.domain.setup import EntryPer, Method, Mode, Movements, ReversalDate
from hub.intake import cells
from hub.service.context import Hub, Refused, not_found, refuse
from hub.service.heads import remember
from hub.service.last_changes import last_settings_changes
from hub.service.scope import CompanyRows, reading, writing
from hub.store.company_rows import add_company_row, change_company, company_names, company_rows

CHOICES: Mapping[str, type[StrEnum]] = {
    "method": Method,
    "transfers": Movements,
    "production": Movements,
    "entry_per": EntryPer,
    "reversal_date": ReversalDate,
    "mode": Mode,
}
SETTINGS = (*CHOICES, "production_variance", "go_live", "automatic_limit", "automatic_at", "time_zone")


class SettingsRefused(Refused):
    """Settings that were not changed, and no other with them; by_setting: what is wrong with each."""

    def __init__(self, by_setting: Mapping[str, Problem]) -> None:
        super().__init__(list(by_setting.values()))
        self.by_setting = by_setting


def add_company(hub: Hub, *, code: str, name: str, currency: str, test_of: tuple[str, str] | None = None) -> None:
    """Add a company; code: letters, digits, `-` and `_`; currency: an ISO 4217 code.

    test_of: the company and connection that it is a test copy of.
    """
    if (
        not code
        or len(code) > 40
        or not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in code)
    ):
        raise refuse("code_invalid", f"{code!r} is not a company code: use up to 40 letters, digits, - and _.")
    if not name.strip():
        raise refuse("name_missing", "A company needs a name.")
    try:
        minor_digits(currency)
    except ValueError as error:
        raise refuse("currency_unknown", f"{error}.", "Give an ISO 4217 code such as USD.") from error
    with hub.database.write() as connection:
        if code in {row["code"] for row in company_rows(connection)}:
            raise refuse("company_exists", f"There is already a company {code}.")
        added = add_company_row(
            connection, code=code, name=name.strip(), currency=currency, actor=hub.actor, now=hub.clock()
        )
        if test_of is not None:
            real = next(row["id"] for row in company_rows(connection) if row["code"] == test_of[0])
            change_company(connection, added, {"test_of": real, "test_connection": test_of[1]})
    remember(hub, added)


def companies(hub: Hub) -> list[dict[str, object]]:
    """List the companies by code."""
    with hub.database.read() as connection:
        return [dict(row) for row in company_names(connection)]


def company_settings(hub: Hub, code: str) -> dict[str, object]:
    """Return a company's settings, as `company set` takes them."""
    with reading(hub, code) as rows:
        company = rows.company
        shown = {name: company[name] for name in ("code", "name", "currency", *SETTINGS)}
    limit = shown["automatic_limit"]
    shown["automatic_limit"] = amount_text(limit, company["currency"]) if limit is not None else None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in shown.items()}


def set_company(hub: Hub, code: str, changes: Mapping[str, str], shown: Mapping[str, str] | None = None) -> None:
    """Change settings; an empty value unsets those that may be unset. All or nothing.

    shown: what a page showed of them; one that is different by now, and not as it is to be, is not changed in silence.
    Raises SettingsRefused with everything wrong.
    """
    with writing(hub, code) as rows:
        values = _values(rows, changes, shown or {})
        changed = {name: value for name, value in values.items() if rows.company[name] != value}
        after = {**rows.company, **changed}
        if after["mode"] == Mode.AUTOMATIC and rows.company["test_of"] is not None:
            message = "This is a test copy: nothing is exported from it by itself."
            raise SettingsRefused({"mode": refuse("setting_invalid", message).problems[0]})
        if after["mode"] == Mode.AUTOMATIC and after["automatic_limit"] is None:
            message = "In mode automatic, counts are exported up to a limit, and none is set."
            fix = "Set it too: automatic_limit=1000.00, the largest change of inventory."
            raise SettingsRefused({"automatic_limit": refuse("setting_invalid", message, fix).problems[0]})
        if changed:
            told = [_told(rows, name, value) for name, value in changed.items()]
            rows.set_company(changed)
            rows.exports.audit("settings", code, {"changes": told}, actor=hub.actor, now=hub.clock())


def _values(rows: CompanyRows, changes: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    wrong: dict[str, Problem] = {}
    for name, text in changes.items():
        try:
            values[name] = _value(rows, name, text.strip())
            _check_shown(rows, name, values[name], shown)
        except Refused as refused:
            wrong[name] = refused.problems[0]
    if wrong:
        raise SettingsRefused(wrong)
    return values


def _check_shown(rows: CompanyRows, name: str, value: object, shown: Mapping[str, str]) -> None:
    now = _text(rows, name, rows.company[name])
    if shown.get(name, now) != now and rows.company[name] != value:
        by = last_settings_changes(rows).get((name,))
        message = f"{by.actor if by else 'Someone'} changed this meanwhile: it is now {now or 'not set'}."
        raise refuse("changed_meanwhile", message, "Save again to put yours in its place.")


def _told(rows: CompanyRows, name: str, value: object) -> dict[str, dict[str, str]]:
    """Return a setting that is about to change as the audit trail keeps it."""
    before, after = (_text(rows, name, each) for each in (rows.company[name], value))
    return {"row": {"setting": name}, "before": {"value": before}, "after": {"value": after}}


def _text(rows: CompanyRows, name: str, value: object) -> str:
    if name == "automatic_limit" and isinstance(value, int):
        return amount_text(value, rows.company["currency"])
    return "" if value is None else str(value)


def retire_category(hub: Hub, company: str, category: str, *, retired: bool) -> None:
    """Take a category out of use, so that its on-books value is reversed without a decision; or bring it back."""
    with writing(hub, company) as rows:
        if category not in rows.ids.categories:
            raise not_found("category", category, list(rows.ids.categories))
        if rows.setup.categories[category].retired == retired:
            return
        rows.set_retired(category, retired=retired)
        action = "retire category" if retired else "restore category"
        rows.exports.audit(action, category, {}, actor=hub.actor, now=hub.clock())


def _value(rows: CompanyRows, name: str, value: str) -> object:
    if name in CHOICES:
        known = [choice.value for choice in CHOICES[name]]
        if value not in known:
            raise refuse("setting_invalid", f"{name} is {' or '.join(known)}, not {value!r}.")
        return value
    if name == "go_live":
        return _date(value)
    if name == "automatic_limit":
        return _limit(rows, value)
    if name == "automatic_at":
        return _time(value)
    if name == "time_zone":
        return _zone(value)
    if name == "production_variance":
        if value and value not in rows.gl_account_numbers():
            raise refuse("setting_invalid", f"There is no GL Account {value} to be production_variance.")
        return value or None
    raise refuse("setting_invalid", f"There is no setting {name}. Settings are: {', '.join(SETTINGS)}.")


def _date(value: str) -> date | None:
    try:
        return cells.day(value) if value else None
    except ValueError as error:
        raise refuse("setting_invalid", f"go_live is a date such as 2026-10-31, not {value!r}.") from error


def _limit(rows: CompanyRows, value: str) -> int | None:
    if not value:
        return None
    try:
        limit = cells.minor(value, minor_digits(rows.company["currency"]))
    except ValueError as error:
        raise refuse("setting_invalid", f"automatic_limit is an amount such as 1000.00, not {value!r}.") from error
    if limit < 0:
        raise refuse("setting_invalid", "automatic_limit is not negative.")
    return limit


def _time(value: str) -> str:
    try:
        return datetime.strptime(value, "%H:%M").strftime("%H:%M") if value else ""  # noqa: DTZ007 - a time of day
    except ValueError as error:
        raise refuse("setting_invalid", f"automatic_at is a time such as 06:30, not {value!r}.") from error


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise refuse("setting_invalid", f"time_zone is a name such as America/New_York, not {value!r}.")
    return value
