"""What a plugin brings: connectors, their sessions, and local stand-ins for their accounting systems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from hub.api.chart import Account, Company, Dimension
from hub.api.journal import JournalEntry
from hub.api.problem import Problem
from hub.api.receipt import File, Receipt, Recorded
from hub.api.sign_in import NoSignIn, SignIn

if TYPE_CHECKING:
    import httpx2
    from pydantic import BaseModel

API_VERSION = 1
FEWEST_LINES = 2


class Capability(StrEnum):
    """What a connector can do beyond posting; the hub asks for a capability, never for an accounting system.

    read_chart: it reads a chart from the customer's own export; files: posting makes a file that a person imports;
    finish: it completes a draft that a lost call left; changed_since: it tells what changed in one cheap call;
    void: it voids a journal so that the voided one stays visible.
    """

    READ_CHART = "read_chart"
    FILES = "files"
    FINISH = "finish"
    CHANGED_SINCE = "changed_since"
    VOID = "void"


class Guarantee(StrEnum):
    """What makes a posting happen once: a key the server keeps, a look-up of our reference, or a person."""

    SERVER_KEY = "server_key"
    LOOK_UP = "look_up"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the accounting system bears; None means no limit is known.

    lines_per_entry: at least 2; text lengths in characters; *_s in seconds: how long its idempotency key lives, and
    the latest moment after the call at which it may still commit.
    """

    lines_per_entry: int | None = None
    calls_per_minute: int | None = None
    calls_at_once: int | None = None
    memo_length: int | None = None
    reference_length: int | None = None
    key_life_s: int | None = None
    latest_commit_s: int | None = None

    def __post_init__(self) -> None:
        if self.lines_per_entry is not None and self.lines_per_entry < FEWEST_LINES:
            raise ValueError("lines_per_entry must be at least 2, since no smaller entry balances")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorInfo:
    """Everything the hub must know about a connector before a customer uses it.

    id: lower-case letters, digits and `_`, unique among installed connectors; environments: names such as `production`;
    settings: a pydantic model with hide_input_in_errors, from which the settings form is drawn;
    entry_dimensions: dimensions that all lines of one entry must share, such as `subsidiary`;
    api: the contract version it was written for; docs_url: where its users read on.
    """

    id: str
    name: str
    settings: type[BaseModel]
    guarantee: Guarantee
    sign_ins: tuple[SignIn, ...] = (NoSignIn(),)
    environments: tuple[str, ...] = ("production",)
    capabilities: frozenset[Capability] = frozenset()
    entry_dimensions: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    api: int = API_VERSION
    docs_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where a connection's calls and its sign-in go.

    base_url: of its requests, absolute; hosts: further ones that may be asked, as host names or origins; sign_in: how
    its people sign in there; request_ids: names of the answers' headers that hold the system's own request id.
    """

    base_url: str
    hosts: tuple[str, ...] = ()
    sign_in: SignIn = field(default_factory=NoSignIn)
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One set of books, as handed to a session: never with a token or secret in it.

    settings: an instance of the connector's own settings model; chart: the accounts last read or imported;
    company: the books chosen there, None before one is chosen; signed_in: what the sign-in's callback carried (the
    parameters that OAuth2.kept names); client: the HTTP client that the hub signs and guards, None where a connector calls
    no network. It signs each request, renews what has expired, and after an answer 401 renews once and repeats what only
    reads: GET and HEAD, and what is sent with the request extension `reading`.
    """

    name: str
    settings: BaseModel
    environment: str = "production"
    company: Company | None = None
    currency: str = ""
    chart: tuple[Account, ...] = ()
    signed_in: Mapping[str, str] = field(default_factory=dict, hash=False)
    client: httpx2.Client | None = None


class Session(Protocol):
    """One conversation with one set of books; the hub opens it, uses it from one thread, and closes it."""

    def companies(self) -> Sequence[Company]:
        """Return the books this sign-in reaches."""

    def accounts(self) -> Iterable[Account]:
        """Return the whole chart of accounts, inactive ones included."""

    def dimensions(self) -> Sequence[Dimension]:
        """Return the dimensions a line may or must carry."""

    def preflight(self, entry: JournalEntry) -> Sequence[Problem]:
        """Return everything that would keep the entry from being posted; reads only, writes nothing."""

    def find(self, entry: JournalEntry) -> Sequence[Receipt]:
        """Return every journal there that carries the entry's reference or key."""

    def post(self, entry: JournalEntry) -> Receipt:
        """Post the entry once; raises a ConnectorError, where any other exception means OutcomeUnknown."""

    def read(self, receipt: Receipt) -> Recorded | None:
        """Return the journal as it stands there now, None where it is gone."""

    def close(self) -> None:
        """Let go of whatever the session holds."""


class FinishingSession(Session, Protocol):
    """A session with the capability `finish`."""

    def finish(self, receipt: Receipt, entry: JournalEntry) -> Receipt:
        """Complete a draft that a lost call left, and return it as posted."""


class WatchingSession(Session, Protocol):
    """A session with the capability `changed_since`."""

    def changed_since(self, instant: datetime) -> Iterable[Receipt]:
        """Return the journals changed since an aware instant, in one cheap call."""


class VoidingSession(Session, Protocol):
    """A session with the capability `void`."""

    def void(self, receipt: Receipt) -> Receipt:
        """Void a journal where the voided one stays visible."""


class Connector(Protocol):
    """A plugin's object that speaks to one accounting system."""

    @property
    def info(self) -> ConnectorInfo:
        """What the hub must know about it."""

    def label(self, settings: BaseModel) -> str:
        """Return the accounting system's name for a connection with these settings, as shown before the hyphen."""

    def open(self, connection: Connection) -> Session:
        """Return a session for one set of books."""


class ChartReader(Connector, Protocol):
    """A connector with the capability `read_chart`."""

    def read_chart(self, file: File) -> Iterable[Account]:
        """Return the accounts of a chart that the customer exported; raises ChartUnreadable."""


class LimitedConnector(Connector, Protocol):
    """A connector whose limits depend on a connection's settings; it needs no capability, since info has defaults."""

    def limits(self, settings: BaseModel) -> Limits:
        """Return what the accounting system bears for a connection with these settings, instead of info.limits."""


class NetworkConnector(Connector, Protocol):
    """A connector whose addresses depend on a connection's settings and environment; it needs no capability.

    Without the method, requests go to the setting `base_url` and the sign-in is the first of info.sign_ins.
    """

    def addresses(self, settings: BaseModel, environment: str) -> Addresses:
        """Return where a connection with these settings calls, and how its people sign in there."""


class SigningConnector(Connector, Protocol):
    """A connector whose people sign in with SecretFields; it needs no capability."""

    def sign(self, request: httpx2.Request, secrets: BaseModel, settings: BaseModel) -> httpx2.Request:
        """Return a request signed with the secrets, the same one or a new one to the same address.

        secrets: an instance of SecretFields.model; no session ever sees it. The hub calls it for each request that goes out,
        anew for each attempt, with the body at hand (request.content). Only nonce and clock may differ from call to call.
        Raises ReconnectNeeded where nothing can be signed with them, in words that hold none of them.
        """


class ChartUnreadable(ValueError):
    """A file that is not a chart this connector knows; the message says what was expected and in which line."""


Asgi = Callable[
    [Mapping[str, Any], Callable[[], Awaitable[Mapping[str, Any]]], Callable[[Mapping[str, Any]], Awaitable[None]]],
    Awaitable[None],
]  # Any: the ASGI specification's own message shape


class Sandbox(Protocol):
    """A faithful local stand-in for a connector's accounting system."""

    @property
    def connector_id(self) -> str:
        """The connector it stands in for."""

    def app(self, base_url: str) -> Asgi:
        """Return the ASGI app that answers under base_url."""

    def credentials(self, base_url: str) -> Mapping[str, str]:
        """Return what a client needs to talk to it without a browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledPosting:
    """One journal of a settled export."""

    part: int
    reference: str
    state: str
    receipt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledExport:
    """An export that has come to rest, as told to observers after it was saved."""

    company: str
    connection: str
    export: str
    state: str
    count_date: date
    sequence: int
    postings: tuple[SettledPosting, ...]
