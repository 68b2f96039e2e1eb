"""A plugin that hangs is given up: the hub goes on, nothing is sent twice, and the thread harms nobody."""

from __future__ import annotations

import contextvars
import decimal
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from queue import SimpleQueue
from threading import Event, current_thread
from typing import Any

import httpx2
import pytest

from hub.api import (
    Account,
    ConnectorError,
    EntryRejected,
    File,
    OutcomeUnknown,
    Receipt,
    SettledExport,
    TryLater,
    hookimpl,
)
from hub.plugins import GuardedConnector, GuardedSession, PluginFailed, load
from hub.plugins.deadline import Abandoned, PluginThread, Silent
from hub.plugins.waiting import MOST_ABANDONED, OnLate
from tests.plugins.scripted import (
    BOOKS,
    DRAFT,
    INFO,
    POSTED,
    Plugin,
    ScriptedConnector,
    ScriptedSession,
    Settings,
    connector,
    entry,
    session,
)

SOON_S = 0.05  # for what hangs
AMPLE_S = 30  # for what answers
NOW = datetime(2026, 11, 1, tzinfo=UTC)

READS: dict[str, Callable[[GuardedSession], object]] = {
    "companies": lambda opened: opened.companies(),
    "accounts": lambda opened: opened.accounts(),
    "dimensions": lambda opened: opened.dimensions(),
    "preflight": lambda opened: opened.preflight(entry()),
    "find": lambda opened: opened.find(entry()),
    "read": lambda opened: opened.read(POSTED),
    "changed_since": lambda opened: opened.changed_since(NOW),
}
WRITES: dict[str, Callable[[GuardedSession], Receipt]] = {
    "post": lambda opened: opened.post(entry()),
    "finish": lambda opened: opened.finish(DRAFT, entry()),
    "void": lambda opened: opened.void(POSTED),
}


class Hang:
    """Hangs whoever calls it until the end of the test, or until it is let go."""

    def __init__(self) -> None:
        self.entered = Event()
        self.released = Event()

    def __call__(self, *_: object) -> Any:
        self.entered.set()
        self.released.wait()
        return POSTED


@pytest.fixture
def hang() -> Iterator[Hang]:
    hanging = Hang()
    yield hanging
    hanging.released.set()
    threads_end()


def plugin_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith(("plugin ", "observer "))]


def threads_end() -> None:
    """Every thread of a plugin's ends by itself."""
    for thread in plugin_threads():
        thread.join(10)
        assert not thread.is_alive()


def soon(hanging: GuardedConnector, on_late: OnLate | None = None) -> GuardedSession:
    """Open a session that waits only briefly, and again where the machine was too busy for that."""
    for _ in range(20):
        try:
            return hanging.open(BOOKS, deadline_s=SOON_S, on_late=on_late)
        except ConnectorError as error:
            if error.code != "deadline":
                raise
    pytest.fail("no session could be opened")


def impatient(*, on_late: OnLate | None = None, **answers: Any) -> GuardedSession:
    """A session with these answers that waits only briefly for them."""
    return soon(connector(**answers), on_late)


@pytest.mark.parametrize("method", READS)
def test_a_reading_method_that_hangs_ends_at_the_deadline(method: str, hang: Hang) -> None:
    opened = impatient(**{method: hang})
    with pytest.raises(ConnectorError) as raised:
        READS[method](opened)
    assert type(raised.value) is ConnectorError
    assert (raised.value.code, raised.value.message) == ("deadline", "Ledgerly did not answer within 0.05 seconds.")


@pytest.mark.parametrize("method", WRITES)
def test_of_a_writing_method_that_hangs_nobody_knows_whether_it_wrote(method: str, hang: Hang) -> None:
    opened = impatient(**{method: hang})
    with pytest.raises(OutcomeUnknown) as raised:
        WRITES[method](opened)
    assert raised.value.code == "deadline"
    assert raised.value.message == (
        "Ledgerly did not answer within 0.05 seconds. It is not known whether the journal was written."
    )


def test_a_plugin_that_hangs_while_it_opens_ends_at_the_deadline(hang: Hang) -> None:
    with pytest.raises(ConnectorError, match="did not answer") as raised:
        session(deadline_s=SOON_S, open=lambda _: hang())
    assert raised.value.code == "deadline"


def test_a_session_that_cannot_be_closed_in_time_is_left_behind(hang: Hang, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), impatient(close=hang):
        pass
    assert caplog.messages[-1] == "connector ledgerly is given up: close() hangs"


def hanging_iterator(hang: Hang) -> Any:
    def accounts() -> Iterator[Account]:
        yield Account(id="1")
        hang()

    return accounts()


def hanging_class(hang: Hang) -> Any:
    class Sly:
        @property
        def __class__(self) -> Any:
            return hang()

    return Sly()


def hanging_length(hang: Hang) -> Any:
    class Sly(list[Any]):
        __iter__ = hang

    return Sly()


HANGING_ANSWERS = {
    "an iterator": hanging_iterator,
    "the class of an answer": hanging_class,
    "the iteration of a list": hanging_length,
}


@pytest.mark.parametrize("answer", HANGING_ANSWERS.values(), ids=HANGING_ANSWERS.keys())
def test_an_answer_that_hangs_when_it_is_looked_at_ends_at_the_deadline(
    answer: Callable[[Hang], Any], hang: Hang
) -> None:
    opened = impatient(accounts=answer(hang))
    with pytest.raises(ConnectorError, match="did not answer"):
        opened.accounts()


def test_an_error_whose_text_hangs_ends_at_the_deadline(hang: Hang) -> None:
    class Sly(EntryRejected):
        def __getattribute__(self, name: str) -> Any:
            return hang() if name == "message" else super().__getattribute__(name)

    opened = impatient(post=Sly("Refused."))
    with pytest.raises(OutcomeUnknown, match="did not answer"):
        opened.post(entry())


def test_a_session_whose_method_hangs_when_it_is_looked_up_ends_at_the_deadline(hang: Hang) -> None:
    class Sly:
        def __getattr__(self, name: str) -> Any:
            return hang()

    with pytest.raises(ConnectorError, match="did not answer"):
        session(deadline_s=SOON_S, open=Sly())


def test_whoever_hung_once_is_not_asked_again(hang: Hang) -> None:
    asked: list[str] = []
    opened = impatient(find=hang, post=lambda _: asked.append("post"), companies=lambda: asked.append("companies"))
    with pytest.raises(ConnectorError):
        opened.find(entry())
    with pytest.raises(OutcomeUnknown, match="did not answer"):
        opened.post(entry())
    with pytest.raises(ConnectorError, match="did not answer"):
        opened.companies()
    opened.close()
    assert asked == []


def test_a_late_receipt_is_told_once_and_checked() -> None:
    late: SimpleQueue[tuple[str, Receipt, str]] = SimpleQueue()
    hanging = Hang()

    def on_late(method: str, receipt: Receipt) -> None:
        late.put((method, receipt, current_thread().name))

    with impatient(post=hanging, on_late=on_late) as opened:
        with pytest.raises(OutcomeUnknown):
            opened.post(entry())
        assert late.empty()
        hanging.released.set()
        assert late.get(timeout=10) == ("post", POSTED, "plugin ledgerly")
    threads_end()
    assert late.empty()


NOTHING_LATE = {
    "a late answer that breaks the contract": ("post", lambda hang: replace(hang(), id="")),
    "a late refusal": ("post", lambda hang: EntryRejected("Refused.") if hang() else None),
    "a late look-up": ("find", lambda hang: (hang(),)),
}


@pytest.mark.parametrize(("method", "answer"), NOTHING_LATE.values(), ids=NOTHING_LATE.keys())
def test_nothing_is_told_of(method: str, answer: Callable[[Hang], Any]) -> None:
    late: list[object] = []
    hanging = Hang()

    def answering(*_: object) -> Any:
        found = answer(hanging)
        if isinstance(found, Exception):
            raise found
        return found

    opened = impatient(on_late=lambda *told: late.append(told), **{method: answering})
    with pytest.raises(ConnectorError, match="did not answer"):
        {**READS, **WRITES}[method](opened)
    hanging.released.set()
    threads_end()
    assert late == []


def test_a_late_receipt_that_cannot_be_recorded_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    hanging = Hang()

    def on_late(method: str, receipt: Receipt) -> None:
        raise LookupError("no such posting")

    opened = impatient(post=hanging, on_late=on_late)
    with pytest.raises(OutcomeUnknown):
        opened.post(entry())
    hanging.released.set()
    threads_end()
    assert "a late receipt of post() was not recorded" in caplog.messages


def test_what_comes_back_late_is_closed_by_its_own_thread() -> None:
    closed: list[str] = []
    hanging = Hang()
    opened = impatient(post=hanging, close=lambda: closed.append(current_thread().name))
    with pytest.raises(OutcomeUnknown):
        opened.post(entry())
    opened.close()
    assert closed == []
    hanging.released.set()
    threads_end()
    assert closed == ["plugin ledgerly"]


def test_a_session_that_is_opened_late_is_closed_by_its_own_thread() -> None:
    closed: list[str] = []
    hanging = Hang()
    late = ScriptedSession({"close": lambda: closed.append(current_thread().name)})
    with pytest.raises(ConnectorError, match="did not answer"):
        session(deadline_s=SOON_S, open=lambda _: hanging() and late)
    hanging.released.set()
    threads_end()
    assert closed == ["plugin ledgerly"]


def test_a_connector_that_hangs_too_often_is_not_asked_until_it_comes_back(hang: Hang) -> None:
    asked: list[str] = []
    answers: dict[str, Any] = {"find": hang, "post": lambda _: asked.append("post") or POSTED}
    hanging = connector(**answers)
    early = hanging.open(BOOKS, deadline_s=AMPLE_S)
    for _ in range(MOST_ABANDONED):
        with pytest.raises(ConnectorError, match="did not answer"):
            soon(hanging).find(entry())
    assert len(plugin_threads()) == MOST_ABANDONED + 1
    for call in (lambda: hanging.open(BOOKS, deadline_s=SOON_S), lambda: early.post(entry())):
        with pytest.raises(TryLater, match=r"Ledgerly hangs: 8 calls to it have not ended\.") as refused:
            call()
        assert refused.value.code == "plugin_hangs"
    assert asked == []
    assert len(plugin_threads()) == MOST_ABANDONED + 1
    early.close()
    hang.released.set()
    threads_end()
    with hanging.open(BOOKS, deadline_s=AMPLE_S) as opened:
        assert opened.post(entry()) == POSTED


def test_one_connector_that_hangs_keeps_no_other_from_working(hang: Hang) -> None:
    hanging, other = connector(find=hang), connector()
    for _ in range(MOST_ABANDONED):
        with pytest.raises(ConnectorError):
            soon(hanging).find(entry())
    with other.open(BOOKS, deadline_s=AMPLE_S) as opened:
        assert opened.find(entry()) == ()


def test_all_of_a_session_runs_in_one_thread_that_ends_with_it() -> None:
    threads: list[threading.Thread] = []

    def noted(answer: Any) -> Callable[..., Any]:
        def method(*_: object) -> Any:
            threads.append(current_thread())
            return answer

        return method

    inside = ScriptedSession({"find": noted(()), "post": noted(POSTED), "close": noted(None)})
    with session(deadline_s=AMPLE_S, open=noted(inside)) as opened:
        opened.find(entry())
        opened.post(entry())
    assert len(threads) == 4
    assert set(threads) == {threads[0]} != {current_thread()}
    assert threads[0].daemon
    assert not threads[0].is_alive()


def test_a_session_that_is_closed_is_not_used_and_may_be_closed_again() -> None:
    closed: list[str] = []
    opened = session(deadline_s=AMPLE_S, close=lambda: closed.append("closed"))
    opened.close()
    opened.close()
    assert closed == ["closed"]
    with pytest.raises(RuntimeError, match=r"post\(\) was called on a session that is closed"):
        opened.post(entry())


def test_a_session_that_cannot_be_opened_leaves_no_thread() -> None:
    with pytest.raises(ConnectorError, match="broke the contract"):
        session(deadline_s=AMPLE_S, open=None)
    assert plugin_threads() == []


def test_what_a_thread_comes_to_after_the_deadline_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    late: list[object] = []
    abandoned = Abandoned()
    with monkeypatch.context() as busy:  # a machine so busy that the thread does not get to run
        busy.setattr(threading.Thread, "start", lambda _: None)
        thread = PluginThread("plugin ledgerly", SOON_S, abandoned)
    monkeypatch.setattr(abandoned, "add", lambda it: it.start())
    with pytest.raises(Silent):
        thread.do(lambda: begun.append("posted"), late.append)
    threads_end()
    assert begun == []
    assert len(late) == 1


SPEAKER = contextvars.ContextVar("SPEAKER", default="nobody")


def test_a_plugins_context_lasts_as_long_as_its_session_and_never_reaches_the_hub() -> None:
    heard: list[tuple[str, int]] = []

    def find(_: object) -> tuple[()]:
        heard.append((SPEAKER.get(), decimal.getcontext().prec))
        SPEAKER.set("the plugin")
        decimal.getcontext().prec = 2
        return ()

    token = SPEAKER.set("the hub")
    try:
        with decimal.localcontext(prec=11), session(deadline_s=AMPLE_S, find=find) as opened:
            opened.find(entry())
            opened.find(entry())
            assert SPEAKER.get() == "the hub"
            assert decimal.getcontext().prec == 11
    finally:
        SPEAKER.reset(token)
    assert heard == [("the hub", 11), ("the plugin", 11)]
    assert Decimal("4812.37") + Decimal("0.01") == Decimal("4812.38")


@pytest.mark.parametrize(
    "error", [SystemExit(3), RecursionError(), MemoryError(), GeneratorExit(), KeyboardInterrupt()]
)
def test_whatever_is_raised_in_the_thread_comes_back_as_an_error_of_the_contract(error: BaseException) -> None:
    with session(deadline_s=AMPLE_S, post=error, find=error) as opened:
        with pytest.raises(OutcomeUnknown) as raised:
            opened.post(entry())
        assert raised.value.__cause__ is error
        with pytest.raises(PluginFailed):
            opened.find(entry())
        assert opened.companies() == ()


def test_an_endless_recursion_comes_back_as_an_error_of_the_contract() -> None:
    def deeper(*_: object) -> Any:
        return deeper()

    with session(deadline_s=AMPLE_S, post=deeper) as opened, pytest.raises(OutcomeUnknown, match="RecursionError"):
        opened.post(entry())


def test_an_operator_who_interrupts_a_call_gives_it_up(hang: Hang, monkeypatch: pytest.MonkeyPatch) -> None:
    waited, here = Event.wait, current_thread()

    def interrupted(event: Event, timeout: float | None = None) -> bool:
        if current_thread() is here:
            waited(hang.entered)
            raise KeyboardInterrupt
        return waited(event, timeout)

    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    opened = connector(post=hang).open(replace(BOOKS, client=client), deadline_s=AMPLE_S)
    with monkeypatch.context() as patched:
        patched.setattr(Event, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            opened.post(entry())
    assert client.is_closed
    with pytest.raises(OutcomeUnknown, match="did not answer"):
        opened.post(entry())


@pytest.mark.parametrize("deadline_s", [None, AMPLE_S])
def test_a_sessions_client_is_closed_with_it(deadline_s: float | None) -> None:
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    closing: list[bool] = []
    answering = connector(close=lambda: closing.append(client.is_closed))
    with answering.open(replace(BOOKS, client=client), deadline_s=deadline_s):
        assert not client.is_closed
    assert closing == [False]
    assert client.is_closed


@pytest.mark.parametrize("deadline_s", [None, AMPLE_S])
def test_the_client_is_closed_where_no_session_came_of_it(deadline_s: float | None) -> None:
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200)))
    with pytest.raises(ConnectorError):
        connector(open=None).open(replace(BOOKS, client=client), deadline_s=deadline_s)
    assert client.is_closed


def test_a_call_past_its_deadline_sends_nothing_more() -> None:
    sent: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.url.path)
        return httpx2.Response(200)

    client = httpx2.Client(base_url="https://ledgerly.example", transport=httpx2.MockTransport(answer))
    hanging, ended = Hang(), Event()

    def post(*_: object) -> Receipt:
        try:
            client.post("/journals/check")
            hanging()
            client.post("/journals")
        finally:
            ended.set()
        return POSTED

    with connector(post=post).open(replace(BOOKS, client=client), deadline_s=0.5) as opened:
        with pytest.raises(OutcomeUnknown, match="did not answer"):
            opened.post(entry())
        hanging.released.set()
        ended.wait()
    threads_end()
    assert sent == ["/journals/check"]


ONCE: dict[str, Callable[[Any], object]] = {
    "label": lambda it: it.label(Settings(), deadline_s=SOON_S),
    "limits": lambda it: it.limits(Settings(), deadline_s=SOON_S),
    "read_chart": lambda it: it.read_chart(File(name="chart.csv", content=b"x"), deadline_s=SOON_S),
}


@pytest.mark.parametrize("method", ONCE)
def test_what_needs_no_session_ends_at_its_deadline_too(method: str, hang: Hang) -> None:
    scripted = ScriptedConnector({}, INFO)
    hanging = load(only=[Plugin(scripted)]).connector("ledgerly")
    setattr(scripted, method, hang)  # only once it is admitted
    with pytest.raises(ConnectorError, match="did not answer within") as raised:
        ONCE[method](hanging)
    assert raised.value.code == "deadline"


@pytest.mark.parametrize("method", ONCE)
def test_what_needs_no_session_leaves_no_thread(method: str) -> None:
    ONCE[method](connector())
    assert plugin_threads() == []


def test_an_observer_that_hangs_keeps_no_other_from_hearing(hang: Hang, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    class Observing:
        def __init__(self, hear: Callable[[], object]) -> None:
            self._hear = hear

        @hookimpl
        def hub_export_settled(self, export: SettledExport) -> None:
            self._hear()

    registry = load(only=[Observing(hang), Observing(lambda: heard.append("settled"))])
    for _ in range(MOST_ABANDONED + 1):
        registry.tell_settled(SETTLED, deadline_s=2 * SOON_S)
    assert len(heard) == MOST_ABANDONED + 1
    assert len(plugin_threads()) == MOST_ABANDONED
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [
        'plugin "Observing" of no distribution failed in hub_export_settled() for export E-1 with Silent'
    ] * (MOST_ABANDONED + 1)


def test_an_observer_in_time_runs_in_a_thread_that_ends() -> None:
    heard: list[str] = []

    class Observing:
        @hookimpl
        def hub_export_settled(self) -> None:
            heard.append(current_thread().name)

    load(only=[Observing()]).tell_settled(SETTLED, deadline_s=AMPLE_S)
    assert heard == ["observer Observing"]
    assert plugin_threads() == []


SETTLED = SettledExport(
    company="Kitchen Ltd",
    connection="books",
    export="E-1",
    state="posted",
    count_date=NOW.date(),
    sequence=1,
    postings=(),
)

PROGRAM = """if True:
    from hub.api import OutcomeUnknown
    from tests.plugins.scripted import entry, session

    def post(_):
        {hanging}

    opened = session(deadline_s=0.5, post=post)
    try:
        opened.post(entry())
    except OutcomeUnknown as error:
        print(error.code)
    never_closed = session(deadline_s=30)
"""


@pytest.mark.parametrize(
    "hanging", ["import threading; threading.Event().wait()", "while True: pass", "import time; time.sleep(3600)"]
)
def test_a_program_with_a_hanging_plugin_ends_when_it_is_done(hanging: str, repository: Any) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(hanging=hanging)],
        cwd=repository,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        0,
        "deadline\n",
        "connector ledgerly is given up: post() hangs\n",
    )
