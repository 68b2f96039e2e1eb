"""The composition root: the one place that wires every room, and the program `hub`."""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from hub.cli import CannotOpen, run
from hub.cli.opener import home_folder

if TYPE_CHECKING:
    from datetime import datetime

    from hub.cli.opener import Serving
    from hub.plugins import Registry
    from hub.service.context import Hub, Posting
    from hub.service.ways import Ways
    from hub.web.options import WebOptions
    from hub.web.sandboxes import StandIns

log = logging.getLogger(__name__)

EXPORTS_AT_ONCE = 4  # of one connection, over all workers
WEB_THREADS = 8  # exports at a time of a worker inside the web app
LOOK_S = 1.0  # between looks whether to stop


def main() -> None:
    """Run the command line."""
    run(Installation())


class Installation:
    """This installation: the home folder, database and plugins found on this machine."""

    @contextmanager
    def open(self, home: Path | None) -> Iterator[Hub]:
        """Open the hub of a home folder; a fresh database is set up, any other must fit. Raises CannotOpen.

        Where its audit trails end is remembered at the end, so that an older copy of it is noticed later.
        """
        from hub.service.context import Hub
        from hub.service.environment import actor, key_ring_of
        from hub.service.heads import remember
        from hub.service.restoring import notice
        from hub.store import DatabaseNotReady
        from hub.store.opening import open_database

        look_for_cycles_seldom()
        folder = made_folder(home_folder(home))
        try:
            database = open_database(database_url(folder), audit_key_file(folder))
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error
        with closing(database), plugins_of(folder) as registry:
            hub = Hub(
                database=database,
                registry=registry,
                clock=_now,
                home=folder,
                actor=actor(),
                posting=posting(),
                keys=key_ring_of(os.environ, folder),
                ways=ways(),
            )
            notice(hub)
            yield handing_over(hub)
            remember(hub)

    def run_worker(self, home: Path | None, name: str | None, *, threads: int, ready: Callable[[str], None]) -> None:
        """Post what is due until the process is told to stop; ready: told of the worker's name once it works.

        Told to stop, it takes nothing new and lets the calls in hand end. Raises CannotOpen.
        """
        from dataclasses import replace

        called = name or socket.gethostname()
        with self.open(home) as opened, only_one(opened.home, called):
            own: Posting = replace(opened.posting, worker=called, beats=True, wake=None)
            work_until_stopped(replace(opened, posting=own), threads=threads, ready=ready)

    def serve(self, home: Path | None, serving: Serving, ready: Callable[[str, str], None]) -> None:
        """Serve the web app, with a worker inside unless there is to be none, until the process is told to stop.

        ready: told of its address, and of the code that sets up the first person, empty where there are people.
        Without a worker inside, an export goes to the workers where one is alive when it is made. Raises CannotOpen.
        """
        with self.open(home) as opened:
            serve(opened, serving, ready)

    def run_sandbox(self, name: str, serving: Serving, ready: Callable[[Mapping[str, str]], None]) -> None:
        """Run the stand-in for a connector's accounting system until the process is told to stop.

        ready: told of its credentials and its address once it answers. Raises CannotOpen.
        """
        from hub.web.sandboxes import NoSandbox, served
        from hub.web.server import PortTaken

        try:
            with plugins_of(home_folder(None)) as plugins, served(plugins, name, serving.port) as credentials:
                ready(credentials)
                wait(serving.stop_after_s)
        except (NoSandbox, PortTaken) as error:
            raise CannotOpen(str(error)) from error

    @contextmanager
    def stand_ins(self, first_port: int) -> Iterator[StandIns]:
        """Run every stand-in that plugins bring, in this process, from a port on (0: free ones)."""
        from hub.web.sandboxes import all_served

        with plugins_of(home_folder(None)) as plugins, all_served(plugins, first_port) as running:
            yield running

    def upgrade(self, home: Path | None) -> str:
        """Bring the database to this version's schema and return its address, without a password."""
        from hub.store import DatabaseNotReady
        from hub.store.opening import upgrade_database

        try:
            folder = made_folder(home_folder(home))
            return upgrade_database(database_url(folder), audit_key_file(folder))
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error

    def renew_audit_key(self, home: Path | None) -> str:
        """Seal the audit trails with a new key from now on, and return its file."""
        from hub.service.environment import actor
        from hub.store import DatabaseNotReady
        from hub.store.opening import renew_audit_key

        folder = made_folder(home_folder(home))
        file = audit_key_file(folder)
        try:
            renew_audit_key(database_url(folder), file, actor=actor())
        except DatabaseNotReady as error:
            raise CannotOpen(str(error)) from error
        return str(file)


def plugins_of(home: Path) -> AbstractContextManager[Registry]:
    """Load the plugins of a home for as long as they are used."""
    from hub.service.environment import loaded_plugins

    return loaded_plugins(os.environ, home, posting().rules.timing)


def serve(hub: Hub, serving: Serving, ready: Callable[[str, str], None]) -> None:
    """Serve a hub's web app, see Installation.serve."""
    from hub.service import first_run
    from hub.web.logs import configure
    from hub.web.server import PortTaken, Server

    configure(serving.log)
    inside = f"{socket.gethostname()}-web-{serving.port}" if serving.worker else ""
    with only_one(hub.home, inside) if inside else nullcontext():
        try:
            server = Server(hub, web_options(hands_over=bool(inside)), serving.port)
        except PortTaken as error:
            raise CannotOpen(f"{error} Choose another: hub serve --port NUMBER") from error
        server.start()
        ready(server.address, first_run.new_code(hub) if first_run.is_needed(hub) else "")
        try:
            stay(hub, inside, stop_after_s=serving.stop_after_s)
        finally:
            server.stop()


def stay(hub: Hub, worker: str, *, stop_after_s: int | None) -> None:
    """Work as a worker of this name, or only wait where it is empty, until SIGTERM, SIGINT or some seconds have passed."""
    from dataclasses import replace

    if worker:
        own: Posting = replace(hub.posting, worker=worker, beats=True, wake=None)
        work_until_stopped(replace(hub, posting=own), threads=WEB_THREADS, ready=lambda _: stop_later(stop_after_s))
        return
    wait(stop_after_s)


def wait(stop_after_s: int | None = None) -> None:
    """Wait until SIGTERM, SIGINT or some seconds have passed."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    stop_later(stop_after_s)
    while not stopped.wait(LOOK_S):
        pass  # as in work_until_stopped


def stop_later(seconds: int | None) -> None:
    """Tell this process to stop after some seconds, None: not."""
    if seconds is not None:
        clock = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGTERM))
        clock.daemon = True
        clock.start()


def web_options(*, hands_over: bool) -> WebOptions:
    """Return how the web app is reached: HUB_PUBLIC_URL, HUB_METRICS_TOKEN; hands_over: a worker runs beside it."""
    from hub.web.options import WebOptions, public_address

    try:
        address = public_address(os.environ.get("HUB_PUBLIC_URL", ""))
    except ValueError as error:
        raise CannotOpen(str(error)) from error
    return WebOptions(
        public_url=address,
        metrics_token=os.environ.get("HUB_METRICS_TOKEN", ""),
        hand_over=handed_over if hands_over else handing_over,
    )


def posting() -> Posting:
    """Return how this process posts: as fast as HUB_TIMING says; raises CannotOpen."""
    from hub.domain.posting import Timing
    from hub.service.environment import posting_of

    try:
        timing = Timing(**{name: float(value) for name, value in _timing(os.environ.get("HUB_TIMING", ""))})
    except (TypeError, ValueError) as error:
        raise CannotOpen(f"HUB_TIMING is not like call_s=45,lease_s=150: {error}.") from error
    return posting_of(timing, os.environ)


def ways() -> Ways:
    """Return how this process tells people of alarms; raises CannotOpen."""
    from hub.service.ways import ways_of

    try:
        return ways_of(os.environ)
    except ValueError as error:
        raise CannotOpen(str(error)) from error


def _timing(text: str) -> Iterator[tuple[str, str]]:
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        yield name.strip(), value


def handing_over(hub: Hub) -> Hub:
    """Return the hub with its exports left to the workers where one is alive; its sweep finds them within a second."""
    from dataclasses import replace

    from hub.service.posting.life import listed

    alive = any(each["alive"] for each in listed(hub))
    return handed_over(hub) if alive else replace(hub, posting=replace(hub.posting, wake=None))


def handed_over(hub: Hub) -> Hub:
    """Return the hub with its exports left to the workers."""
    from dataclasses import replace

    return replace(hub, posting=replace(hub.posting, wake=lambda _export, _connection: None))


@contextmanager
def only_one(home: Path, name: str) -> Iterator[None]:
    """Be the only worker of this name on this home; raises CannotOpen."""
    folder = home / "workers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{quote(name, safe='')}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotOpen(
                f"A worker {name} runs already. Give this one another name: hub worker --name NAME"
            ) from error
        yield


def work_until_stopped(hub: Hub, *, threads: int, ready: Callable[[str], None]) -> None:
    """Run a worker: its signs of life, its engine and its jobs, until SIGTERM or SIGINT.

    Raises CannotOpen where the database was upgraded for a newer version meanwhile: it writes nothing more.
    """
    from dataclasses import replace

    from hub.engine import Durable
    from hub.engine.pulse import Pulse
    from hub.service.jobs import jobs
    from hub.service.posting import life, working

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    hub = replace(hub, posting=replace(hub.posting, stopping=stopped.is_set))
    timing = hub.posting.rules.timing
    every_s = timing.alive_s / 4
    life.start(hub)
    engine = Durable(
        hub.database.url.render_as_string(hide_password=False),
        worker=hub.posting.worker,
        work=partial(working.work, hub),
        sweep=partial(working.due, hub),
        alive=partial(life.names, hub),
        threads=threads,
        at_once_per_partition=EXPORTS_AT_ONCE,
        jobs=jobs(hub),
    )
    heart = Pulse(partial(_beat, hub, stopped), name="signs of life", every_s=every_s)
    heart.start()
    engine.start()
    ready(hub.posting.worker)
    while not stopped.wait(LOOK_S):
        pass  # a signal that another thread was given is heard of only between two waits
    ended = engine.stop(timing.send_within_s + timing.call_s)
    heart.stop(timing.alive_s)
    trouble = _left(hub)
    if not ended:  # it hangs where no deadline reaches: what it was doing is looked up by whoever takes it over
        hub.database.close()
        os._exit(1)
    if trouble:
        raise CannotOpen(trouble)


def _left(hub: Hub) -> str:
    """Say that this worker has stopped; returns what keeps it from saying so where the database is not its own any more."""
    from hub.service.posting import life
    from hub.store import DatabaseUpgraded

    try:
        life.stop(hub)
    except DatabaseUpgraded as error:
        return str(error)
    return ""


def _beat(hub: Hub, stopped: threading.Event) -> None:
    """Give a sign of life; where another process goes by this worker's name, or the database was upgraded, stop."""
    from hub.service.posting.life import beat
    from hub.store import DatabaseUpgraded
    from hub.store.worker_rows import WorkerReplaced

    try:
        beat(hub)
    except DatabaseUpgraded as error:
        log.error("worker %s stops: %s", hub.posting.worker, error)
        stopped.set()
    except WorkerReplaced:
        log.error("another process goes by the name of worker %s: this one stops", hub.posting.worker)
        stopped.set()


def look_for_cycles_seldom() -> None:
    """Have Python look for reference cycles less often: a large journal is hundreds of thousands of objects without one.

    With Python's own thresholds, two thirds of the time to compute it went into looking.
    """
    gc.set_threshold(100_000, 20, 50)


def made_folder(folder: Path) -> Path:
    """Return the folder as a full path, made where it is missing; raises CannotOpen."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotOpen(f"The hub's folder {folder} cannot be made: {error.strerror}.") from error
    return folder.resolve()


def database_url(folder: Path) -> str:
    """Return the database's address: HUB_DATABASE_URL, else the file hub.db of the hub's folder."""
    from hub.store import sqlite_url

    return os.environ.get("HUB_DATABASE_URL") or sqlite_url(folder / "hub.db")


def audit_key_file(folder: Path) -> Path:
    """Return the file of the key that seals the audit trails: HUB_AUDIT_KEY_FILE, else audit.key of the hub's folder."""
    return Path(os.environ.get("HUB_AUDIT_KEY_FILE") or folder / "audit.key")


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)
