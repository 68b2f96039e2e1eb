"""Secrets as canaries over the whole run: whatever a test seals or a sandbox issues may be in no report and on no page.

A pytest plugin. Each secret is noted as it is made; what a test logged and printed, why it failed, and each page that the hub
answered are searched for it. A test that told one fails, as does one in whose log the hub told an amount of money.
"""

from __future__ import annotations

import functools
import logging
import re
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

SHORTEST = 12  # characters: shorter texts are in others by chance
IS_SECRET = re.compile(r"access|refresh|secret|verifier|key|token|password")
WORD = re.compile(r"[\w-]{12,}", re.ASCII)
LOGGED = re.compile(r"(?m)^[A-Z]+ +hub[\w.]*:\S+:\d+ (?:.*)$")
AMOUNT = re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3})+|\d+)\.\d{2}(?!\w|\.\d| m?s\b)")
TITLE = "a canary was told"

Wrapped = Callable[..., Any]  # Any: whatever is watched takes and returns


@dataclass
class Canaries:
    """Secrets, each as its words, and where one was told; seen: texts that were searched."""

    words: dict[str, str] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    seen: int = 0

    def note(self, secret: str, what: str) -> None:
        """Remember a secret; what: names its kind in a report, which must not repeat the secret itself."""
        found = WORD.findall(secret)
        for word in found if len(found) == 1 else (each for each in found if len(each) > SHORTEST):
            self.words.setdefault(word, what)

    def told_in(self, text: str) -> str:
        """Return the kind of a secret that a text holds, empty where it holds none."""
        self.seen += 1
        if not self.words or len(text) < SHORTEST:
            return ""
        hit = next((word for word in WORD.findall(text) if word in self.words), "")
        return self.words.get(hit, "")

    def search(self, text: str, where: str) -> None:
        """Note where a text holds a secret."""
        if what := self.told_in(text):
            self.leaks.append(f"{what} in {where}")


CANARIES = Canaries()


def amount_in(log: str) -> str:
    """Return the line of a captured log in which the hub tells an amount of money, empty where none does."""
    return next((line for line in LOGGED.findall(log) if AMOUNT.search(line.partition(" ")[2])), "")


def leaks_of(report: pytest.TestReport) -> Iterator[str]:
    """Yield what a report tells that it must not: the kind of a secret and where it stands, or a line with an amount."""
    yield from CANARIES.leaks
    CANARIES.leaks.clear()
    of_this_phase = [(title, text) for title, text in report.sections if title.endswith(str(report.when))]
    for title, text in (*of_this_phase, ("its failure", report.longreprtext)):
        if what := CANARIES.told_in(text):
            yield f"{what} in {title}"
        if "log" in title and (line := amount_in(text)):
            yield f"an amount in {title}: {line}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that told a secret, or in whose log the hub told an amount."""
    report = yield
    if found := list(leaks_of(report)):
        report.outcome = "failed"
        report.longrepr = f"{TITLE}: {'; '.join(dict.fromkeys(found))}"
        report.sections = [(title, text) for title, text in report.sections if not CANARIES.told_in(text)]
    return report


def pytest_configure() -> None:
    """Have the hub log all that it can, so that it is searched."""
    logging.getLogger("hub").setLevel(logging.DEBUG)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Watch what makes secrets and pages, as far as it is loaded by now."""
    for module, kind, name, watch in WATCHED:
        loaded = sys.modules.get(module)
        if loaded is None:
            continue
        owner = getattr(loaded, kind)
        method = vars(owner)[name]
        if not hasattr(method, "__wrapped__"):
            setattr(owner, name, watch(method))


def sealing(method: Wrapped) -> Wrapped:
    """Note what a vault seals."""

    @functools.wraps(method)
    def seal(vault: object, content: Mapping[str, str], *bound: str) -> Any:
        for name, value in content.items():
            if IS_SECRET.search(name):
                CANARIES.note(value, f"what was sealed as {name}")
        return method(vault, content, *bound)

    return seal


def issuing(method: Wrapped) -> Wrapped:
    """Note the tokens that a sandbox issues."""

    @functools.wraps(method)
    def issue(*args: Any, **options: Any) -> Any:
        issued = method(*args, **options)
        if isinstance(issued, str):
            CANARIES.note(issued, "a sandbox's code")
        else:
            CANARIES.note(issued.access, "a sandbox's access token")
            CANARIES.note(issued.refresh, "a sandbox's refresh token")
        return issued

    return issue


def drawing(method: Wrapped) -> Wrapped:
    """Search each page that the hub draws."""

    @functools.wraps(method)
    def html(visit: object, template: str, **options: Any) -> Any:
        answer = method(visit, template, **options)
        CANARIES.search(bytes(answer.body).decode(), f"the page {template}")
        return answer

    return html


def answering(method: Wrapped) -> Wrapped:
    """Search whatever a browser of the tests is answered."""

    @functools.wraps(method)
    def request(client: object, verb: str, *args: Any, **options: Any) -> Any:
        answer = method(client, verb, *args, **options)
        CANARIES.search(answer.content.decode("latin-1"), f"the answer to {verb} {answer.request.url.path}")
        return answer

    return request


WATCHED: tuple[tuple[str, str, str, Callable[[Wrapped], Wrapped]], ...] = (
    ("hub.store.vault", "Vault", "seal", sealing),
    *(("hub.testing.sandbox.tokens", "TokenDesk", name, issuing) for name in ("allow", "exchange", "refresh", "grant")),
    ("hub.web.visit", "Visit", "html", drawing),
    ("starlette.testclient", "TestClient", "request", answering),
)
"""By module, class and method: what is watched, and how."""
