"""What a connector's author gives to the suite: the connector, before an accounting system that may be maltreated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import httpx2

from hub.api import Account, Company, Connector, File, Recorded
from hub.testing.clock import VirtualClock
from hub.testing.lossy import writes

CURRENCY = "USD"


class CannotStand(Exception):
    """The stand-in cannot be set up so, such as with books in a currency that it does not know; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A journal as it stands in the books, read past the connector.

    id: as its receipt names it; dimensions: of each line, where lines carry any.
    """

    id: str
    reference: str
    recorded: Recorded
    dimensions: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What people and machines do in the accounting system; None where the stand-in cannot, and what asks for it is not shown.

    close_books: through a day; deactivate: an account; add_account: with a name, and return it as the chart should have it;
    edit: change an amount of a journal by its id, still in balance; delete: a journal by its id; end_sign_in: take the access
    back; draft_next: leave the next journal as a draft; commit_late: lose the answer to the next writing, and write so many
    seconds later; take_in: import a file that the connector made.
    """

    close_books: Callable[[date], object] | None = None
    deactivate: Callable[[Account], object] | None = None
    add_account: Callable[[str], Account] | None = None
    edit: Callable[[str], object] | None = None
    delete: Callable[[str], object] | None = None
    end_sign_in: Callable[[], object] | None = None
    draft_next: Callable[[], object] | None = None
    commit_late: Callable[[int], object] | None = None
    take_in: Callable[[File], object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A connector before books of its own; made anew for each check.

    accounts: two that may be posted to, as the chart has them; books: the journals that stand there now; settings: as a person
    types them; transport: the way to the accounting system, None for a connector that makes files; headers: what signs a
    request now; secrets: texts that no message, log or repr may hold; writes: whether a request may write a journal;
    elsewhere: books that the sign-in does not reach; dimensions: values that exist there, by the dimension's name.
    currency: of the books; currencies: those in which a stand of this kind can be made; clock: the accounting system's.
    """

    connector: Connector
    settings: Mapping[str, object]
    accounts: tuple[Account, Account]
    books: Callable[[], Sequence[Standing]]
    clock: VirtualClock
    deeds: Deeds = field(default_factory=Deeds)
    currency: str = CURRENCY
    transport: httpx2.BaseTransport | None = None
    headers: Callable[[], Mapping[str, str]] = dict
    secrets: tuple[str, ...] = ()
    writes: Callable[[httpx2.Request], bool] = writes
    environment: str = "production"
    company: Company | None = None
    signed_in: Mapping[str, str] = field(default_factory=dict)
    chart: tuple[Account, ...] = ()
    elsewhere: Company | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)


MakeStand = Callable[[str], Stand]
"""Makes a stand whose books are kept in a currency (ISO 4217); raises CannotStand."""
