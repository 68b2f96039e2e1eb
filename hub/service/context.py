"""What every use case is given: the database, the plugins, the clock, the home folder and who asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from hub.api import ConnectorError, Level, Problem, TryLater, Where
from hub.domain.posting import Rules
from hub.plugins import Registry
from hub.service.ways import Ways
from hub.store import Database
from hub.store.key_ring import KeyRing
from hub.store.vault import Vault

if TYPE_CHECKING:
    import httpx2

    from hub.api import Addresses, ClientAssertion, Connection, OAuth2
    from hub.plugins.sign_in.signing import Signing
    from hub.plugins.sign_in.typed import SigningTyped

KEY_FILE = "vault.keys"
"""The file of a home that holds the keys of its secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a connection's calls go.

    addresses: where, None for a connector without a network; turn: waits for each call's turn (False: not soon enough);
    signing: signs each request, None where there is no sign-in.
    """

    addresses: Addresses | None
    turn: Callable[[], bool]
    signing: Signing | SigningTyped | None = None


def no_network(_connection: Connection, _route: Route) -> None:
    """Make no HTTP client: of connectors that have no network."""


def no_sign_in(_way: OAuth2 | ClientAssertion) -> httpx2.Client:
    """Make no HTTP client: of a process that reaches no accounting system."""
    raise TryLater("This process reaches no accounting system.", code="no_network")


def never() -> bool:
    """Go on: of a process that ends by itself."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """How this process posts.

    worker, incarnation: its name among the workers, and which start of it; beats: whether it gives signs of life by
    itself, as a worker does; guarded: plugin calls have a deadline, in a thread; network: makes the HTTP client of a
    connection on its route, None for one without a network; sign_in_client: the one of a sign-in's own addresses;
    local_hosts: names of machines that the environment `local` may lead to, besides this one;
    wake: hands an export (its id, its connection's id) to the workers, None where it is settled here and now;
    stopping: whether the process was told to stop, so that no further call is begun;
    sleep: waits some seconds; monotonic: seconds that go on while the process is asleep.
    """

    rules: Rules = field(default_factory=Rules)
    worker: str = field(default_factory=lambda: f"inline-{uuid4().hex[:12]}")
    incarnation: str = field(default_factory=lambda: uuid4().hex)
    beats: bool = False
    guarded: bool = True
    network: Callable[[Connection, Route], httpx2.Client | None] = no_network
    sign_in_client: Callable[[OAuth2 | ClientAssertion], httpx2.Client] = no_sign_in
    local_hosts: frozenset[str] = frozenset()
    wake: Callable[[int, str], None] | None = None
    stopping: Callable[[], bool] = never
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """An open hub.

    clock returns aware UTC; files made go below home/files; actor: who is asking; posting: how it posts; keys: of its
    secrets, None for those of its home; ways: how it tells people of alarms.
    """

    database: Database
    registry: Registry
    clock: Callable[[], datetime]
    home: Path
    actor: str
    posting: Posting = field(default_factory=Posting)
    keys: KeyRing | None = None
    ways: Ways = field(default_factory=Ways)

    @property
    def vault(self) -> Vault:
        """What seals and opens secrets."""
        return Vault(self.keys or KeyRing(self.home / KEY_FILE))


class Refused(Exception):
    """Something a person can put right; every reason is listed at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


class NotFound(Refused):
    """A company, connection, site or export that does not exist."""


def refuse(code: str, message: str, fix: str = "", where: Where | None = None) -> Refused:
    """Return a refusal for one reason."""
    problem = Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=where or Where())
    return Refused([problem])


def not_found(what: str, name: str, known: Sequence[str] = ()) -> NotFound:
    """Return a refusal that says what is not there, and what is."""
    have = f" There are: {', '.join(known)}." if known else ""
    message = f"There is no {what} {name}.{have}"
    return NotFound([Problem(level=Level.PROBLEM, code="not_found", message=message)])


def codes_of(error: Refused | ConnectorError) -> str:
    """Return what the log says of an error: its codes, since its words may hold amounts."""
    if isinstance(error, Refused):
        return ", ".join(dict.fromkeys(problem.code for problem in error.problems))
    return " ".join(filter(None, (type(error).__name__, error.code, error.request_id)))


def problem_document(problem: Problem) -> dict[str, object]:
    """Return a problem as programs read it."""
    return {
        "level": problem.level.value,
        "blocking": problem.blocking,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
        "where": problem.where.named(),
    }
