"""Every error of NetSuite that the hub knows, in the words of those who read it: what happened, what to do, and where.

README.md has the same list, in the same order, and a test compares the two. Which of NetSuite's codes are which entry stands
in codes.py, what decides it in faults.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.api import AccountMissing, EntryRejected, NotWritten, PeriodClosed, ReconnectNeeded, TryLater

AUDIT_TRAIL = "Setup > Users/Roles > User Management > View Login Audit Trail"
FEATURES = "Setup > Company > Enable Features > SuiteCloud"
ROLES = "Setup > Users/Roles > Manage Roles"
PERIODS = "Setup > Accounting > Manage Accounting Periods"
CHART = "Lists > Accounting > Accounts"
STATUS = "https://status.netsuite.com"
WAITED = "Nothing to do: the hub tries again, and looks first for what it had sent."

# What the trail's column Detail says, and what it means; the answer itself never tells (facts 1.1).
LOGIN_CAUSES: Mapping[str, str] = {
    "InvalidSignature": "a secret is wrong, or the two secrets are swapped",
    "InvalidTimestamp": "the clock of the hub's machine is more than 5 minutes off",
    "token_rejected": "the access token was revoked, or is of another integration",
    "consumer_key_unknown": "the consumer key is wrong, of another account, or the two pairs are swapped: consumer key and "
    "secret are the integration's, token ID and secret the access token's",
    "consumer_key_refused": "the integration is blocked",
    "permission_denied": "the role lacks Log in using Access Tokens",
    "FeatureDisabled": "Token-Based Authentication is off",
    "temporary_locked": "five sign-ins failed: wait 30 minutes",
    "NonceUsed": "something on the way sends requests twice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One error.

    means: NotWritten or one of its kinds where nothing was written for certain; None where a journal that was sent may or
    may not have been written. happened may hold `{names}` that faults.py takes out of NetSuite's own sentence; link is an
    address, or the way through NetSuite's menus.
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
    "invalid_login": Entry(
        means=ReconnectNeeded,
        happened="NetSuite refused the sign-in, and its answer never says why.",
        do=f"An administrator sees the reason in {AUDIT_TRAIL}, column Detail:"
        + "".join(f" • {name}: {cause}" for name, cause in LOGIN_CAUSES.items())
        + " • no row: the account ID is wrong.",
    ),
    "clock": Entry(
        means=TryLater,
        happened="NetSuite refused the sign-in, and this machine's clock is {seconds} seconds off NetSuite's, which takes 300.",
        do="Have the clock of the hub's machine set right; the hub goes on by itself then.",
    ),
    "ambiguous": Entry(
        means=TryLater,
        happened="NetSuite found two sign-ins in one request, which the hub never sends: something on the way adds a cookie.",
        do="Have the proxy between the hub and NetSuite let requests through unchanged.",
    ),
    "rest_login": Entry(
        means=ReconnectNeeded,
        happened="NetSuite no longer accepts the hub's OAuth 2.0 sign-in: the certificate ended or was revoked, the integration "
        "is disabled, or the role lacks the permission Log in using OAuth 2.0 Access Tokens.",
        do="Look at Setup > Integration > OAuth 2.0 Client Credentials Setup and connect again. The reason is told in:",
        link=AUDIT_TRAIL,
    ),
    "login_disabled": Entry(
        means=ReconnectNeeded,
        happened="The sign-in's user, or the whole account, is disabled in NetSuite.",
        do="Have an administrator give the user access again, or connect with a token of another user.",
        link="Lists > Employees > Employees, tab Access",
    ),
    "role": Entry(
        means=ReconnectNeeded,
        happened="The role of the access token does not exist any more, is inactive, or is not the user's.",
        do="Make an access token for a role that the user has, and connect again.",
        link=ROLES,
    ),
    "feature": Entry(
        means=ReconnectNeeded,
        happened="SOAP or REST Web Services are switched off in this NetSuite account.",
        do="Have an administrator switch them on.",
        link=FEATURES,
    ),
    "ws_permission": Entry(
        means=ReconnectNeeded,
        happened="The role of the sign-in may not use web services.",
        do="Add the permission SOAP Web Services, or REST Web Services, to the role (tab Permissions > Setup).",
        link=ROLES,
    ),
    "permission": Entry(
        means=EntryRejected,
        happened="The role of the sign-in lacks a permission: “{said}”",
        do="Add it to the role: Make Journal Entry (Edit); Accounts, Subsidiaries, Currency, Manage Accounting Periods (View).",
        link=ROLES,
    ),
    "account_unknown": Entry(
        means=ReconnectNeeded,
        happened="NetSuite does not know the account ID, or the account is closed.",
        do="Compare it with the one under Setup > Company > Company Information, a sandbox's with its ending such as _SB1.",
    ),
    "maintenance": Entry(
        means=TryLater,
        happened="The NetSuite account cannot be used at the moment, as while it is upgraded.",
        do="Nothing to do: the hub tries again. How NetSuite is:",
        link=STATUS,
    ),
    "session": Entry(
        means=TryLater,
        happened="NetSuite ended the session of the call.",
        do="Nothing to do: the hub tries again.",
    ),
    "version": Entry(
        means=ReconnectNeeded,
        happened="NetSuite no longer answers on the SOAP endpoint that this connection uses.",
        do="Set the SOAP endpoint to a newer version, or the interface to rest.",
    ),
    "concurrency": Entry(
        means=TryLater,
        happened="NetSuite takes 5 to 20 calls at a time for an account, from all integrations together, and that many are "
        "under way.",
        do="Nothing to do: the hub waits and tries again. If it happens often, see who calls under:",
        link="Setup > Integration > Integration Management > Integration Governance",
    ),
    "usage": Entry(
        means=TryLater,
        happened="NetSuite's limit for calls of this account is used up for the time being.",
        do="Nothing to do: the hub waits and tries again.",
    ),
    "too_large": Entry(
        means=EntryRejected,
        happened="The journal is larger than NetSuite takes in one: “{said}”",
        do="Make one entry per site, or export fewer sites at once.",
    ),
    "duplicate": Entry(
        means=None,
        happened="NetSuite says that it has a record with this journal's external ID, and shows no journal entry under it.",
        do="Nothing to do: the hub looks again. If this stays, the sign-in's role may not see that record, or it is none of a "
        "journal: have an administrator search Transactions for the external ID.",
    ),
    "account_reference": Entry(
        means=AccountMissing,
        happened="The account with the id {reference} may not be used for the subsidiary with the id {subsidiary} in NetSuite.",
        do="Allow the subsidiary on the account, or map the GL Account to another account.",
        link=CHART,
    ),
    "reference": Entry(
        means=EntryRejected,
        happened="The {field} with the id {reference} may not be used for the subsidiary with the id {subsidiary} in NetSuite.",
        do="Correct the Site Map, or allow the subsidiary on it in NetSuite.",
    ),
    "account_value": Entry(
        means=AccountMissing,
        happened="NetSuite does not take the account with the id {reference}: it is inactive, or not for this subsidiary.",
        do="Allow the subsidiary on the account, or map the GL Account to another account.",
        link=CHART,
    ),
    "field_value": Entry(
        means=EntryRejected,
        happened="NetSuite does not take the {field} with the id {reference}: it is inactive, or not for this subsidiary.",
        do="Correct the Site Map, or allow the subsidiary on it in NetSuite.",
    ),
    "missing_record": Entry(
        means=EntryRejected,
        happened="Something that the journal names does not exist in NetSuite any more: “{said}”",
        do="Read the chart of accounts again, and correct the GL Account Map and the Site Map.",
    ),
    "unbalanced": Entry(
        means=EntryRejected,
        happened="NetSuite found that debits and credits differ: “{said}”",
        do="Send the diagnostics to support: the hub sends balanced journals only.",
    ),
    "subsidiary_needed": Entry(
        means=EntryRejected,
        happened="NetSuite needs a subsidiary on each journal, and this one has none.",
        do="Set OneWorld to yes in the connection's settings, and each site's subsidiary in the Site Map.",
    ),
    "fields_needed": Entry(
        means=EntryRejected,
        happened="This NetSuite account makes a field of journal entries mandatory: {fields}.",
        do="Map it for each site in the Site Map where it is a department, class or location; else have it made optional in the "
        "form for journal entries.",
        link="Customization > Forms > Transaction Forms",
    ),
    "period": Entry(
        means=PeriodClosed,
        happened="NetSuite takes no journal at this date: its accounting period is closed or locked, or does not exist.",
        do="Choose a later date, or have the period opened.",
        link=PERIODS,
    ),
    "external_id": Entry(
        means=EntryRejected,
        happened="NetSuite did not take the journal's external ID.",
        do="Send the diagnostics to support.",
    ),
    "refused": Entry(
        means=EntryRejected,
        happened="NetSuite refused the journal and said: “{said}”",
        do="Correct what it names, and try again.",
    ),
    "unexpected": Entry(
        means=None,
        happened="NetSuite failed inside: “{said}”",
        do=f"{WAITED} NetSuite's support finds it by the Error ID.",
    ),
    "not_found": Entry(
        means=None,
        happened="NetSuite does not find what the hub asked for.",
        do="Try again. If this stays, send the diagnostics to support.",
    ),
    "5xx": Entry(
        means=None,
        happened="NetSuite failed inside ({status}).",
        do=f"{WAITED} How NetSuite is:",
        link=STATUS,
    ),
    "unknown": Entry(
        means=None,
        happened="NetSuite answered with an error that the hub does not know ({status}): “{said}”",
        do="Send the code and the request id to support.",
    ),
    "not_reached": Entry(
        means=TryLater,
        happened="NetSuite could not be reached; nothing was sent.",
        do="Nothing to do: the hub tries again. If this stays, compare the account ID with the one in Company Information, since "
        "the address is made of it.",
    ),
    "no_answer": Entry(means=None, happened="NetSuite did not answer.", do=WAITED),
    "unreadable": Entry(
        means=None,
        happened="NetSuite answered something that the hub cannot read: {what}",
        do=f"{WAITED} If this stays, tell support.",
    ),
    "another_journal": Entry(
        means=None,
        happened="NetSuite answered with another journal than the one that was sent.",
        do="Nothing to do: the hub looks for the one that was sent.",
    ),
    "wrong_account": Entry(
        means=ReconnectNeeded,
        happened="This connection posts to the NetSuite account {company}, and its settings lead to {account}; nothing was sent.",
        do="Correct the account ID in its settings, or add a connection for the other account.",
    ),
    "currency_unknown": Entry(
        means=EntryRejected,
        happened="NetSuite has no active currency {currency}; nothing was sent.",
        do="Add it there, or move the site to books in its own currency.",
        link="Lists > Accounting > Currencies",
    ),
    "subsidiary_unknown": Entry(
        means=EntryRejected,
        happened="NetSuite has no subsidiary {subsidiary} that takes journals; nothing was sent.",
        do="Correct the subsidiary in the Site Map.",
    ),
    "value_unknown": Entry(
        means=EntryRejected,
        happened="NetSuite has no active {field} {value}; nothing was sent.",
        do="Correct the Site Map.",
    ),
    "no_account": Entry(
        means=AccountMissing,
        happened="The account {account} has no id in NetSuite, which so cannot be told which one is meant; nothing was sent.",
        do="Read the chart of accounts again, and map the GL Account anew.",
    ),
}
