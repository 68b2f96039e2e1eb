"""Every error of Xero that the hub knows, in the words of those who read it: what happened, what to do, and where.

README.md has the same list, in the same order, and a test compares the two. What decides which entry an answer is stands
in faults.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.api import AccountMissing, EntryRejected, NotWritten, PeriodClosed, ReconnectNeeded, TryLater

FINANCIAL_SETTINGS = "https://go.xero.com/Setup/FinancialSettings.aspx"
CHART_OF_ACCOUNTS = "https://go.xero.com/GeneralLedger/ChartOfAccounts.aspx"
TRACKING = "https://go.xero.com/Setup/Tracking.aspx"
TAX_RATES = "https://go.xero.com/Setup/TaxRates.aspx"
CONNECTED_APPS = "https://go.xero.com/Settings/ConnectedApps/"
LIMITS = "https://developer.xero.com/documentation/oauth2/limits"
STATUS = "https://status.xero.com"

REPEATED = "Xero repeats a refusal for six minutes, so try again after that."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One error.

    means: NotWritten or one of its kinds where nothing was written for certain; None where a journal that was sent may or
    may not have been written. happened may hold `{names}` that faults.py takes out of Xero's own sentence.
    """

    means: type[NotWritten] | None
    happened: str
    do: str
    link: str = ""

    def message(self, taken: Mapping[str, str]) -> str:
        """Return the sentences that people read."""
        where = f" {self.link}" if self.link else ""
        return f"{self.happened.format_map(taken)} {self.do}{where}"


CATALOGUE: Mapping[str, Entry] = {
    "lock_date": Entry(
        means=PeriodClosed,
        happened="Xero is locked through {date}: nothing may be dated on or before that day.",
        do=f"Choose a later date, or have an adviser move the lock date. {REPEATED}",
        link=FINANCIAL_SETTINGS,
    ),
    "account_not_valid": Entry(
        means=AccountMissing,
        happened="Xero takes no manual journal to the account {account}: it is a system or bank account, or does not exist.",
        do=f"Map the GL Account to another account. {REPEATED}",
        link=CHART_OF_ACCOUNTS,
    ),
    "account_archived": Entry(
        means=AccountMissing,
        happened="The account {account} is archived or deleted in Xero.",
        do=f"Restore it there, or map the GL Account to another account. {REPEATED}",
        link=CHART_OF_ACCOUNTS,
    ),
    "tax_type": Entry(
        means=EntryRejected,
        happened="The account {account} does not take the tax rate {tax_type}, which the hub sends since inventory "
        "adjustments carry no tax.",
        do=f"Allow Tax Exempt (no tax) on the account, or map the GL Account to another account. {REPEATED}",
        link=TAX_RATES,
    ),
    "unbalanced": Entry(
        means=EntryRejected,
        happened="Xero counted debits of {debits} and credits of {credits}.",
        do="Send the diagnostics to support: the hub sends balanced journals only.",
    ),
    "tracking": Entry(
        means=EntryRejected,
        happened="Xero does not know a tracking category or option of this journal.",
        do=f"Correct the Site Map, or restore the option there. {REPEATED}",
        link=TRACKING,
    ),
    "ValidationException": Entry(
        means=EntryRejected,
        happened="Xero refused the journal and said: “{said}”",
        do=f"Correct what it names. {REPEATED}",
    ),
    "TokenExpired": Entry(
        means=TryLater,
        happened="The sign-in to Xero had just run out when the hub called.",
        do="Nothing to do: the hub signs in again and repeats the call.",
    ),
    "insufficient_scope": Entry(
        means=ReconnectNeeded,
        happened="The sign-in to Xero lacks a permission that the hub needs.",
        do="Connect again and allow everything that Xero asks for.",
    ),
    "Unauthorized": Entry(
        means=ReconnectNeeded,
        happened="Xero no longer accepts the hub's sign-in.",
        do="Connect again.",
    ),
    "AuthenticationUnsuccessful": Entry(
        means=ReconnectNeeded,
        happened="Xero does not let the hub into this organisation: it was disconnected there, the person who connected it "
        "lost access, or it is a demo company that was reset.",
        do="Connect again, and choose the same organisation. What is connected is listed in Xero:",
        link=CONNECTED_APPS,
    ),
    "minute": Entry(
        means=TryLater,
        happened="Xero takes 60 calls a minute for an organisation, from all apps together with this one, and they are used up.",
        do="Nothing to do: the hub waits as long as Xero asks.",
        link=LIMITS,
    ),
    "day": Entry(
        means=TryLater,
        happened="Xero's calls for this organisation are used up for today (1,000 or 5,000, as the plan has it).",
        do="Nothing to do: the hub goes on when Xero counts anew. If it happens often, ask support for a larger plan.",
        link=LIMITS,
    ),
    "concurrent": Entry(
        means=TryLater,
        happened="Xero takes five calls at a time for an organisation, and five are under way.",
        do="Nothing to do: the hub tries again soon.",
        link=LIMITS,
    ),
    "429": Entry(
        means=TryLater,
        happened="Xero asks for fewer calls.",
        do="Nothing to do: the hub waits as long as Xero asks.",
        link=LIMITS,
    ),
    "idempotency_mismatch": Entry(
        means=None,
        happened="Xero has had this journal's key with another request, so an earlier attempt may stand there.",
        do="Nothing to do: the hub looks for it before it sends anything. If this stays, send the diagnostics to support.",
    ),
    "404": Entry(
        means=None,
        happened="Xero does not find what the hub asked for.",
        do="Try again. If this stays, send the diagnostics to support.",
    ),
    "503": Entry(
        means=None,
        happened="Xero is down or being maintained.",
        do="Nothing to do: the hub tries again, and looks first for what it had sent. How Xero is:",
        link=STATUS,
    ),
    "5xx": Entry(
        means=None,
        happened="Xero failed inside ({status}).",
        do="Nothing to do: the hub tries again, and looks first for what it had sent. How Xero is:",
        link=STATUS,
    ),
    "unknown": Entry(
        means=None,
        happened="Xero answered with an error that the hub does not know ({status}): “{said}”",
        do="Send the code and the request id to support.",
    ),
    "not_reached": Entry(
        means=TryLater,
        happened="Xero could not be reached; nothing was sent.",
        do="Nothing to do: the hub tries again. If this stays, see whether this machine reaches api.xero.com.",
    ),
    "no_answer": Entry(
        means=None,
        happened="Xero did not answer.",
        do="Nothing to do: the hub tries again, and looks first for what it had sent.",
    ),
    "unreadable": Entry(
        means=None,
        happened="Xero answered something that the hub cannot read: {what}",
        do="Nothing to do: the hub tries again, and looks first for what it had sent. If this stays, tell support.",
    ),
    "another_journal": Entry(
        means=None,
        happened="Xero answered with another journal than the one that was sent.",
        do="Nothing to do: the hub looks for the one that was sent.",
    ),
    "currency_mismatch": Entry(
        means=EntryRejected,
        happened="The organisation keeps its books in {books}, and this journal is in {entry}; nothing was sent.",
        do="Move the site to books in its own currency.",
    ),
    "no_account": Entry(
        means=AccountMissing,
        happened="The account {account} has neither an id nor a code, so Xero cannot be told which one is meant.",
        do="Read the chart of accounts again, and map the GL Account anew.",
    ),
}
