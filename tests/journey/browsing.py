"""A real browser on the app: pages opened as somebody, checked for everyone who reads them, and pictured."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

import uvicorn
from hypothesis import settings
from playwright.sync_api import Error

if TYPE_CHECKING:
    from fastapi import FastAPI
    from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page

    from hub.service.context import Hub

CHROMIUM = Path("/usr/bin/chromium")
WIDE, NARROW = 1280, 390
HEIGHT = 900
Looks = Sequence[tuple[int, str]]
"""Widths of the window, each with a colour scheme."""
LOOKS: Looks = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]
SOME: Looks = LOOKS[::3] if settings.get_current_profile_name() == "test" else LOOKS
"""Every day the first and the last, which share neither width nor colours; in `make soak` all."""
ONLY_WRONG = {"resultTypes": ["violations"]}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Opened(Protocol):
    """What is served: an app, and sessions of the people who visit it."""

    app: FastAPI
    hub: Hub

    def session(self, who: str) -> str:
        """Begin a session of somebody and return its token."""
        ...


class Browsing:
    """Opens the app of a site in Chromium; everything that went wrong in the browser is in `complaints`."""

    def __init__(self, site: Opened, browser: Browser, address: str, pictures: Path) -> None:
        self.site = site
        self.address = address
        self.complaints: list[str] = []
        self._browser = browser
        self._pictures = pictures
        self._contexts: list[BrowserContext] = []

    def page(self, who: str = "", *, scripts: bool = True, width: int = WIDE, scheme: str = "light") -> Page:
        """Return an empty page of a browser in which somebody is signed in; nobody by default. Go to self.address + path."""
        context = self._browser.new_context(
            base_url=self.address,
            java_script_enabled=scripts,
            viewport={"width": width, "height": HEIGHT},
            color_scheme="dark" if scheme == "dark" else "light",
            accept_downloads=True,
        )
        self._contexts.append(context)
        if who:
            context.add_cookies([{"name": "hub-session", "value": self.site.session(who), "url": self.address}])
        page = context.new_page()
        page.on("console", lambda told: self._hear(told.type, told.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", self._refuse)
        return page

    def show(self, page: Page, path: str) -> bool:
        """Go to a page and tell whether it is one: a file to keep is not shown."""
        try:
            answer = page.goto(path, wait_until="commit")
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            return False
        assert answer is not None
        if "html" not in answer.headers.get("content-type", ""):
            return False
        page.wait_for_load_state()
        return True

    def check(self, page: Page, *, name: str = "", looks: Looks = SOME) -> None:
        """Look at the page as it is: no violation for axe, nothing wider than the window, in each of some looks.

        looks: by default SOME; name: also keep a picture of each where HUB_PICTURES names a folder.
        """
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            if name and "HUB_PICTURES" in os.environ:
                self.picture(page, f"{name}-{width}-{scheme}")
            found = violations(page)
            assert found == [], f"{page.url} at {width} px, {scheme}:\n" + "\n".join(found)
            wider = page.evaluate(OVERFLOW)
            assert wider <= 0, f"{page.url} is {wider} px wider than its window of {width} px"
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        assert self.complaints == []

    def picture(self, page: Page, name: str) -> Path:
        """Keep a picture of the whole page and return its file."""
        file = self._pictures / f"{name}.png"
        page.screenshot(path=file, full_page=True)
        return file

    def view(self, page: Page, name: str, height: int = 720) -> Path:
        """Keep a picture of what stands in a window of this height, as a manual shows it, and return its file."""
        page.set_viewport_size({"width": WIDE, "height": height})
        file = self._pictures / f"{name}.png"
        page.screenshot(path=file)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        return file

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()

    def _refuse(self, dialog: Dialog) -> None:
        """No page of ours opens a dialog."""
        self.complaints.append(f"A dialog was opened: {dialog.message}")
        dialog.dismiss()

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(text)


def follow(control: Locator) -> None:
    """Click a link or a button that leads to a page, be it the same one anew, and wait until that page is there.

    A click alone returns while the page it was on is still shown, and what is read next may be that page's.
    """
    with control.page.expect_navigation():
        control.click()


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, each with where."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    found: list[dict[str, Any]] = Axe().run(page, options=ONLY_WRONG).response["violations"]  # Any: axe's JSON
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {' | '.join(str(node['html']) for node in each['nodes'][:5])}"
        for each in found
    ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium and stop it at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=as_root)
        yield browser
        browser.close()


@contextmanager
def served(site: Opened) -> Iterator[str]:
    """Serve the app of a site on this machine and return its address."""
    config = uvicorn.Config(site.app, host="127.0.0.1", port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    thread = Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        socket.close()
