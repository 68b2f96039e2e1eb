"""What a page gets: who is there, in which company, what was sent, and ways to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote, unquote, urlencode

from hub.domain.access import Access, Feature
from hub.service.context import Hub, Refused, not_found, problem_document
from hub.service.heading import Heading, heading
from hub.service.people import Person
from hub.web.forms import Form
from hub.web.menu import menu_of
from hub.web.options import WebOptions
from hub.web.rendering import environment
from hub.web.routes import Page
from hub.web.security import FORM, SESSION, TOLD, cookie, new_secret, set_cookie, signed, token_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from hub.service.signing_in import Session


@dataclass(kw_only=True)
class Visit:
    """One request for one page.

    hub: acts in the person's name; session: who is signed in, None on a page for all; company: its code where the path
    has one; access: to that company; query, form: what the address and the form hold.
    """

    request: Request
    page: Page
    hub: Hub
    options: WebOptions
    session: Session | None
    company: str = ""
    access: Access | None = None
    query: Form = field(default_factory=Form)
    form: Form = field(default_factory=Form)
    _cookies: dict[str, str] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """Who is signed in; a page for all may not ask."""
        assert self.session is not None
        return self.session.person

    @cached_property
    def heading(self) -> Heading:
        """The company with its name, currency, time zone, and connections with their labels."""
        return heading(self.hub, self.company)

    @property
    def address(self) -> str:
        """Where the request came from."""
        return self.request.client.host if self.request.client else "unknown"

    @property
    def program(self) -> str:
        """What the browser calls itself."""
        return self.request.headers.get("user-agent", "")

    def may(self, feature: Feature, site: str | None = None) -> bool:
        """Tell whether the person may use a feature in this company, of one site where one is given."""
        return self.access is not None and self.access.may(feature, site)

    def may_all(self, feature: Feature, sites: Iterable[str]) -> bool:
        """Tell whether the person may use a feature of every one of these sites."""
        return self.access is not None and self.access.may_all(feature, sites)

    def sees(self, sites: Iterable[str]) -> bool:
        """Tell whether this page is the person's to see with every one of these sites: to export, where it exports."""
        return self.page.needs is not None and self.may_all(self.page.needs, sites)

    def only_if_sees(self, sites: Iterable[str]) -> None:
        """Answer that there is no such page unless it is the person's to see with every one of these sites."""
        if not self.sees(sites):
            self.missing()

    def missing(self) -> NoReturn:
        """Answer that there is no such page."""
        raise not_found("page", self.request.url.path)

    def path(self, *parts: str, **query: str | Sequence[str]) -> str:
        """Return the address of a company's page: visit.path("exports", code), visit.path("export", count="2026-10-31")."""
        steps = "/".join(quote(part, safe="") for part in ("c", self.company, *parts))
        kept = {name: value for name, value in query.items() if value}
        return f"/{steps}" + (f"?{urlencode(kept, doseq=True)}" if kept else "")

    def html(self, template: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401  a template's own
        """Answer with a page."""
        from starlette.responses import HTMLResponse

        told = self._told()
        shown = environment().get_template(template).render(self._shown(), told=told, **context)
        return HTMLResponse(shown, status_code=status)

    def go(self, path: str, told: str = "") -> Response:
        """Answer a form by sending the browser to a page, which shows a sentence at its top."""
        from starlette.responses import RedirectResponse

        if told:
            self._cookies[TOLD] = f"{signed(self.secret, told)}.{quote(told)}"
        return RedirectResponse(path, status_code=303)

    def file(self, content: bytes | Iterable[str] | Iterable[bytes], name: str, kind: str) -> Response:
        """Answer with a file to keep, whole or bit by bit off the event loop; name: as it is saved; kind: its media type.

        Of a test copy its name says so.
        """
        from starlette.responses import Response, StreamingResponse

        tested = bool(self.company) and self.heading.test
        headers = {"content-disposition": _disposition(f"TEST-{name}" if tested else name)}
        if isinstance(content, bytes):
            return Response(content, media_type=kind, headers=headers)
        return StreamingResponse(content, media_type=kind, headers=headers)

    def problems(self, error: Refused) -> list[dict[str, object]]:
        """Return what a refusal lists, as the macro `problems` takes it."""
        return [problem_document(problem) for problem in error.problems]

    def acting(self) -> Visit:
        """Return this visit with a hub that hands exports to the workers."""
        return replace(self, hub=self.options.hand_over(self.hub))

    def keep(self, name: str, value: str) -> None:
        """Give the browser a cookie with the answer; an empty value takes it away."""
        self._cookies[name] = value

    @cached_property
    def secret(self) -> str:
        """What only this browser's cookie holds: of its session, or of its forms before there is one."""
        held = self.held
        if held is None:
            held = new_secret()
            self._cookies[FORM] = held
        return held

    @property
    def held(self) -> str | None:
        """The secret that the browser brought, None where it has none yet."""
        return cookie(self.request, SESSION if self.session else FORM, self.options)

    @property
    def csrf(self) -> str:
        """What every form of this page carries."""
        return token_of(self.secret)

    def finish(self, response: Response) -> Response:
        """Return an answer with the cookies it sets."""
        for name, value in self._cookies.items():
            set_cookie(response, name, value, self.options)
        return response

    def _shown(self) -> dict[str, Any]:
        if not self.company or self.access is None:
            return {"visit": self, "zone": "UTC", "menu": [], "heading": None}
        menu = menu_of(self.heading, self.access, self.page, self.query.get("connection"))
        return {"visit": self, "zone": self.heading.time_zone, "menu": menu, "heading": self.heading}

    def _told(self) -> str:
        """Return what the last form wants told, once."""
        held = cookie(self.request, TOLD, self.options)
        if held is None:
            return ""
        self._cookies.setdefault(TOLD, "")
        seal, _, text = held.partition(".")
        told = unquote(text)
        return told if seal == signed(self.secret, told) else ""


def _disposition(name: str) -> str:
    """Return the header that has a browser keep a file under a name."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_. ") else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
