"""What stands in the way of an export, as a person puts it right: where to go, what to decide, what to say yes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hub.domain.access import Feature
from hub.web.row_edits import here

if TYPE_CHECKING:
    from hub.web.visit import Visit

Problem = Mapping[str, Any]  # Any: the JSON shape of a problem
MOST_SAID = 12


class Link(NamedTuple):
    """A way to where something is put right."""

    path: str
    words: str


class Choice(NamedTuple):
    """A decision that a button makes."""

    decision: str
    words: str


class Ask(NamedTuple):
    """A decision that a person fills in: the field's name, label and kind (`date` or `account`)."""

    name: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One kind of problem with everything that can be done about it.

    said: each problem's sentence; more: how many further ones there are; yes: the sentence of its tick box, with
    `acknowledge` the code that the tick says yes to.
    """

    level: str
    code: str
    said: tuple[str, ...]
    more: int = 0
    fix: str = ""
    links: tuple[Link, ...] = ()
    choices: tuple[Choice, ...] = ()
    ask: Ask | None = None
    yes: str = ""

    @property
    def kind(self) -> str:
        """The notice's kind."""
        return {"problem": "bad", "warning": "warn"}.get(self.level, "note")


FIXES: Mapping[str, str] = {
    "opening_not_decided": "Say what the books carry for it, once. It is then the value that this export reverses.",
    "category_missing": "Correct the count, or decide that nothing of it is left.",
    "nothing_to_post": "Mark the counts as exported without a journal, so that they are no longer offered.",
    "prior_changed": "Decide what stands on the books now.",
    "prior_account_closed": "Make the account active again there, or choose the account where its balance now stands.",
    "period_closed": "Choose a date in an open period, or reopen the period there.",
    "site_moved": "If both reach the same books, look at the lines and carry its values over. If they are other books, its "
    "closing entry is posted there first.",
    "not_offered": "Choose one of the dates on offer.",
    "no_variance_account": "Set the Production Variance account, or correct the batch.",
    "due_accounts_missing": "Set the due-from and due-to accounts of these two connections.",
    "unmapped_account": "Map it to an account there.",
    "unmapped_category": "Set the account of the category or of its department.",
    "not_acknowledged": "Tick its box below, then press the button again.",
    "refused": "Correct what it names in {label}, then press Try again. Or undo this export to give it up.",
    "reconnect_needed": "Connect {label} again, or ask support to. What waits for it goes on with Try again on its page.",
    "company_needed": "Choose which company of {label} is posted to.",
    "too_many_calls": "When {label} works again, press Try again: it is looked for before anything is sent.",
    "altered": "Tell the operator of the hub: a sound back-up has to be brought back.",
    "differs": "If what stands there is right, press Accept what stands there. Else put it right there and press the same, or "
    "undo this export.",
    "sent_before_restore": "Press Try again: it is found and counts as posted. Then undo the export.",
    "not_searched": "Try again in a while: it is given up only where it is certainly not there.",
    "restored": "Press Try again: the undo is looked for, and sent only where it is not there.",
    "duplicate_there": "Post the opposite of the second one below, or delete it there and press Check now.",
    "site_not_counted": "Its late count can be exported afterwards.",
    "older_count_skipped": "Export the older count first if it should have a journal of its own.",
    "negative_value": "Correct the count if it is wrong.",
    "late_transfer": "",
    "late_production": "",
    "net_change_fallback": "Map the category as it was if this is not wanted.",
}
"""What to do, as a screen says it; `{label}`: the accounting system. Any other code has its own sentence."""

YES: Mapping[str, str] = {
    "site_not_counted": "Yes, export without what was not counted",
    "older_count_skipped": "Yes, skip the older count",
    "negative_value": "Yes, post it as counted",
    "late_transfer": "Yes, post it with this entry",
    "late_production": "Yes, post it with this entry",
    "net_change_fallback": "Yes, reverse the old value and post the new one",
    "text_altered": "Yes, send the text as it fits",
    "not_checked": "Yes, go on without the check",
}
"""What a tick box says; it repeats the act."""

Makes = Callable[["Visit", Problem, str], Link]


def _setup(*parts: str, words: str, anchor: str = "", query: str = "connection") -> Makes:
    def link(visit: Visit, problem: Problem, connection: str) -> Link:
        where = problem["where"]
        found = str(where.get(anchor, "")) if anchor else ""
        asked = {"connection": connection} if query == "connection" else {}
        asked |= {anchor: found} if found else {}
        return Link(visit.path(*parts, **asked, back=_back(visit)), words.format(**{"gl_account": "", **where}).strip())

    return link


def _back(visit: Visit) -> str:
    """Return the address of the page that is shown; empty where it was sent a form whose decisions are not in its address."""
    return here(visit) if visit.request.method == "GET" or "count" in visit.query else ""


def _imports(kind: str, words: str) -> Makes:
    return lambda visit, _problem, _connection: Link(visit.path("imports", kind=kind, back=_back(visit)), words)


def _export(visit: Visit, problem: Problem, _connection: str) -> Link:
    code = str(problem["where"]["export"])
    back = _back(visit) if "count" in visit.query else ""
    return Link(visit.path("exports", code, back=back), f"Open export {code}")


def _older(visit: Visit, problem: Problem, connection: str) -> Link:
    day = str(problem["where"]["date"])
    return Link(visit.path("export", "entry", count=day, connection=connection), "Look at the older count")


def _opening(visit: Visit, problem: Problem, connection: str) -> Link:
    where = problem["where"]
    count = visit.query.get("count")
    asked = {
        "site": str(where["site"]),
        "count": count,
        "connection": connection,
        "back": "" if count else _back(visit),
    }
    return Link(visit.path("export", "opening", **asked), "Enter opening values")


def _criteria(visit: Visit, _problem: Problem, connection: str) -> Link:
    return Link(visit.path("export", connection=connection), "Choose a date")


LINKS: Mapping[str, tuple[Feature, Makes]] = {
    "unmapped_account": (
        Feature.SETUP,
        _setup("setup", "account-maps", words="Map GL Account {gl_account}", anchor="gl_account"),
    ),
    "wrong_kind": (Feature.SETUP, _setup("setup", "account-maps", words="GL Account Maps", anchor="gl_account")),
    "account_missing": (Feature.SETUP, _setup("setup", "account-maps", words="GL Account Maps", anchor="gl_account")),
    "account_inactive": (Feature.SETUP, _setup("setup", "account-maps", words="GL Account Maps", anchor="gl_account")),
    "account_not_postable": (
        Feature.SETUP,
        _setup("setup", "account-maps", words="GL Account Maps", anchor="gl_account"),
    ),
    "account_without_number": (
        Feature.SETUP,
        _setup("setup", "account-maps", words="GL Account Maps", anchor="gl_account"),
    ),
    "unmapped_category": (
        Feature.SETUP,
        _setup("setup", "categories", words="Set its accounts", anchor="category", query=""),
    ),
    "reconnect_needed": (Feature.SETUP, _setup("setup", "connections", "one", words="Connect it")),
    "company_needed": (Feature.SETUP, _setup("setup", "connections", "companies", words="Choose the company")),
    "sign_in_ends": (Feature.SETUP, _setup("setup", "connections", "one", words="Connect it again")),
    "dimension_required": (Feature.SETUP, _setup("setup", "site-maps", words="Site Maps")),
    "dimension_missing": (Feature.SETUP, _setup("setup", "site-maps", words="Site Maps")),
    "no_variance_account": (
        Feature.SETUP,
        _setup("settings", "accounting", words="Company Settings - Accounting", query=""),
    ),
    "due_accounts_missing": (
        Feature.SETUP,
        _setup("settings", "accounting", "due-accounts", words="Set the due accounts", query=""),
    ),
    "site_moved": (Feature.SETUP, _setup("enable", "move", words="Look where its inventory stands")),
    "no_gl_accounts": (Feature.IMPORT, _imports("gl-accounts", "Import GL Accounts")),
    "no_categories": (Feature.IMPORT, _imports("categories", "Import categories")),
    "no_sites": (Feature.IMPORT, _imports("sites", "Import sites")),
    "no_site": (
        Feature.SETUP,
        _setup("settings", "accounting", "sites", words="Where each site posts to", query=""),
    ),
    "nothing_offered": (Feature.IMPORT, _imports("counts", "Import a count")),
    "currency_mismatch": (
        Feature.SETUP,
        _setup("settings", "accounting", "sites", words="Where each site posts to", query=""),
    ),
    "category_missing": (Feature.IMPORT, _imports("counts", "Correct the count")),
    "negative_value": (Feature.IMPORT, _imports("counts", "Correct the count")),
    "site_not_counted": (Feature.IMPORT, _imports("counts", "Import its count")),
    "opening_not_decided": (Feature.EXPORT, _opening),
    "older_count_skipped": (Feature.EXPORT, _older),
    "not_offered": (Feature.EXPORT, _criteria),
    "file_not_confirmed": (Feature.VIEW, _export),
    "export_in_progress": (Feature.VIEW, _export),
    "already_exported": (Feature.VIEW, _export),
    "newer_export_stands": (Feature.VIEW, _export),
    "prior_changed": (Feature.VIEW, _export),
}
"""Where a problem is put right, and what a person must be allowed to go there."""


def remedies(visit: Visit, problems: Sequence[Problem], *, connection: str, label: str) -> list[Remedy]:
    """Return what stands in the way, each kind of warning and each equal problem once, the gravest first."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault(_same(problem), []).append(problem)
    found = [_remedy(visit, group, connection, label) for group in groups.values()]
    return sorted(found, key=lambda remedy: ["problem", "warning", "note"].index(remedy.level))


def _same(problem: Problem) -> tuple[str, ...]:
    """Return what makes problems one: warnings are answered by code, problems by what they say."""
    if problem["level"] == "warning":
        return problem["level"], problem["code"]
    return problem["level"], problem["code"], problem["message"]


def _remedy(visit: Visit, group: Sequence[Problem], connection: str, label: str) -> Remedy:
    first = group[0]
    code, level = str(first["code"]), str(first["level"])
    said = list(dict.fromkeys(_message(visit, problem) for problem in group))
    return Remedy(
        level=level,
        code=code,
        said=tuple(said[:MOST_SAID]),
        more=max(len(said) - MOST_SAID, 0),
        fix=FIXES.get(code, str(first["fix"])).format(label=label)
        if level != "note" or code in FIXES
        else first["fix"],
        links=tuple(_links(visit, group, connection)),
        choices=tuple(_choices(first)) if level == "problem" else (),
        ask=_ask(first) if level == "problem" else None,
        yes=YES.get(code, "Yes, go on all the same") if level == "warning" else "",
    )


def _message(visit: Visit, problem: Problem) -> str:
    """Return what a problem says; of a site that the person may not see only that there is something."""
    site = problem["where"].get("site")
    if site and not visit.sees([str(site)]):
        return "A site that you do not have access to is concerned: someone who has can tell you more."
    return str(problem["message"])


def _links(visit: Visit, group: Sequence[Problem], connection: str) -> list[Link]:
    needs, make = LINKS.get(str(group[0]["code"]), (None, None))
    if needs is None or make is None or not visit.may(needs):
        return []
    own = [problem for problem in group if make is not _export or problem["where"].get("export")]
    return list(dict.fromkeys(make(visit, problem, connection) for problem in own))[:MOST_SAID]


def _choices(problem: Problem) -> list[Choice]:
    where, code = problem["where"], problem["code"]
    if code == "category_missing":
        return [Choice(f"zero={where['site']}/{where['category']}", f"Count {where['category']} as zero")]
    if code == "nothing_to_post":
        return [Choice("mark_exported=yes", "Mark as exported")]
    if code == "site_moved":
        return [Choice(f"moved={where['site']}/same_books", "Same books: carry its values over")]
    if code == "prior_changed":
        return [
            Choice("prior=accept", "What stands there is right"),
            Choice("prior=restored", "It was put back as it was posted"),
            Choice("prior=undone", "It is gone: count the export as undone"),
        ]
    return []


def _ask(problem: Problem) -> Ask | None:
    if problem["code"] == "period_closed":
        return Ask("date", "Entry date", "date")
    if problem["code"] == "prior_account_closed":
        return Ask(f"prior_account:{problem['where']['account']}", "Account where its balance now stands", "account")
    return None
