"""Every error of QuickBooks Online that is known: what happened in a customer's words, what to do, and was it written?

The codes and texts are those of the vendor's list of error codes (VENDORS_LIST), and of replies that others recorded.
README.md has this table for people, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VENDORS_LIST = "https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes"


class Meaning(StrEnum):
    """What an error says of a journal that was sent.

    account, period, refused: nothing was written, and it would be refused again; reconnect: nothing was written, and a
    person has to connect again; later: nothing was written, and it may be sent again; unknown: it may have been written.
    """

    ACCOUNT = "account"
    PERIOD = "period"
    REFUSED = "refused"
    RECONNECT = "reconnect"
    LATER = "later"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One error. what, do: sentences; told: whether the vendor's own sentence is shown with them, since it says which."""

    what: str
    do: str
    meaning: Meaning
    told: bool = False


_BUG = "Send the details of this posting to support: the hub should not have sent it so."
_TRY = "Nothing needs to be done: the hub tries again by itself."

CATALOGUE: Mapping[str, Known] = {
    "120": Known(
        what="The person who connected QuickBooks may no longer see or change this there.",
        do="Let an administrator of the QuickBooks company connect again, or give that person accounting rights there.",
        meaning=Meaning.RECONNECT,
    ),
    "610": Known(
        what="An account, class or location of this journal was made inactive in QuickBooks, or what was asked for was deleted.",
        do="Make it active again in QuickBooks, or map another one, and export again.",
        meaning=Meaning.ACCOUNT,
        told=True,
    ),
    "2010": Known(
        what="QuickBooks does not know a part of what was sent.", do=_BUG, meaning=Meaning.REFUSED, told=True
    ),
    "2020": Known(what="QuickBooks misses a part of what was sent.", do=_BUG, meaning=Meaning.REFUSED, told=True),
    "2050": Known(
        what="A text or number of this journal is too long for QuickBooks.",
        do="Shorten the name that it comes from, such as a category's or site's, and export again.",
        meaning=Meaning.REFUSED,
        told=True,
    ),
    "2080": Known(what="QuickBooks cannot read a number of this journal.", do=_BUG, meaning=Meaning.REFUSED, told=True),
    "2500": Known(
        what="An account, class or location of this journal does not exist in QuickBooks.",
        do="Read the chart of accounts again, map another one under GL Account Maps or Site Maps, and export again.",
        meaning=Meaning.REFUSED,
        told=True,
    ),
    "3001": Known(what="QuickBooks asks for fewer calls.", do=_TRY, meaning=Meaning.LATER),
    "3100": Known(
        what="QuickBooks no longer lets the hub into this company.",
        do="Connect to QuickBooks again, and choose the same company.",
        meaning=Meaning.RECONNECT,
    ),
    "3200": Known(
        what="The sign-in to QuickBooks has ended.",
        do="Connect to QuickBooks again, and choose the same company.",
        meaning=Meaning.RECONNECT,
    ),
    "4000": Known(what="QuickBooks cannot read a question of the hub's.", do=_BUG, meaning=Meaning.REFUSED, told=True),
    "4001": Known(what="QuickBooks refuses a question of the hub's.", do=_BUG, meaning=Meaning.REFUSED, told=True),
    "5010": Known(
        what="Somebody changed this in QuickBooks at the same moment.",
        do="Nothing needs to be done: the hub looks at what stands there before it does anything else.",
        meaning=Meaning.UNKNOWN,
    ),
    "5020": Known(
        what="This QuickBooks company may not use a function that the journal needs, such as classes or locations.",
        do="Look at the company's QuickBooks plan; or take the class or location out of the Site Maps, and export again.",
        meaning=Meaning.REFUSED,
        told=True,
    ),
    "6000": Known(
        what="QuickBooks refuses this journal.",
        do="Put right what QuickBooks says, and export again.",
        meaning=Meaning.REFUSED,
        told=True,
    ),
    "6140": Known(
        what="QuickBooks has a journal with this number already.",
        do="Nothing needs to be done: the hub looks whether that is this journal, sent by an earlier try.",
        meaning=Meaning.UNKNOWN,
    ),
    "6190": Known(
        what="The QuickBooks subscription of this company has ended or was cancelled.",
        do="Renew it in QuickBooks under Account and settings, Billing & subscription, and export again.",
        meaning=Meaning.REFUSED,
    ),
    "6210": Known(
        what="The books are closed in QuickBooks on this journal's date.",
        do="Choose a later date; or let an administrator move the closing date in QuickBooks under Account and settings, "
        "Advanced, and export again.",
        meaning=Meaning.PERIOD,
    ),
    "6240": Known(
        what="QuickBooks has something else of this name already.", do=_BUG, meaning=Meaning.REFUSED, told=True
    ),
    "10000": Known(
        what="QuickBooks has an error of its own.",
        do="Nothing needs to be done: the hub looks whether the journal arrived, and sends it again only if it did not.",
        meaning=Meaning.UNKNOWN,
    ),
}
