"""Decisions on a preview, as addresses and forms carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.web.editing import Choices
from hub.web.forms import Form

ACKNOWLEDGE = "acknowledge="
ONCE = ("date", "prior", "mark_exported")


def decided(query: Form, accounts: Choices | None = None) -> list[str]:
    """Return the decisions of an address: those it carries, then those a person has just filled in, which take their place.

    accounts: those that can be chosen, by what they are called or by their words.
    """
    texts = [text for text in query.all("decide") if text]
    if day := query.get("date"):
        texts.append(f"date={day}")
    chosen = {account: accounts.value(text) if accounts else text for account, text in query.under("prior_account:")}
    texts += [f"prior_account={account}/{now_in}" for account, now_in in chosen.items() if now_in]
    return list({_about(text): text for text in texts}.values())


def is_new(query: Form) -> bool:
    """Whether an address has decisions that were just filled in, so that a tidier one says the same."""
    return "date" in query or any(True for _ in query.under("prior_account:"))


def answered(decisions: Sequence[str], ticked: Sequence[str]) -> list[str]:
    """Return the decisions with the yeses that are ticked now in place of the earlier ones."""
    kept = [text for text in decisions if not text.startswith(ACKNOWLEDGE)]
    return [*kept, *(text for text in ticked if text.startswith(ACKNOWLEDGE))]


def in_words(decisions: Sequence[str], sites: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each decision but the yeses, with what it says."""
    return [(text, _words(text, sites)) for text in decisions if not text.startswith(ACKNOWLEDGE)]


def _about(text: str) -> str:
    key, _, value = text.partition("=")
    if key in ONCE:
        return key
    if key in ("moved", "prior_account"):
        return f"{key}={value.partition('/')[0]}"
    return text


def _words(text: str, sites: Mapping[str, str]) -> str:
    key, _, value = text.partition("=")
    first, _, second = value.partition("/")
    said = {
        "date": f"The entry is dated {value}",
        "zero": f"{second} at {sites.get(first, first)} counts as zero",
        "mark_exported": "The counts are marked as exported without a journal",
        "prior_account": f"The balance of account {first} now stands in {second}",
        "moved": f"The values of {sites.get(first, first)} are carried over",
        "prior": {
            "undone": "The export that was changed there counts as undone",
            "accept": "What stands there is right",
            "restored": "The journal was put back there as it was posted",
        }.get(value, text),
    }
    return said.get(key, text)
