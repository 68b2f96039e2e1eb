"""The route table: every page with what a person must be allowed to see it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.domain.access import Feature

if TYPE_CHECKING:
    from starlette.responses import Response

Serve = Callable[..., "Response"]
"""A page: given the visit, and what is in braces in its path by name."""

PAGE_BYTES, UPLOAD_BYTES = 1_000_000, 25_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """Where a page stands in the menu; title: `{label}` is the accounting system's name; order: lowest first."""

    section: str
    title: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page or an action; needs: the feature of the company in its path; for_all: nobody has to be signed in.

    follows: a browser asks for it by itself, again and again, so that it does not put off the end of a session.
    A page of no company that needs something is for support staff. for_once: for who has a one-time password, too.
    """

    method: str
    path: str
    serve: Serve
    needs: Feature | None = None
    for_all: bool = False
    upload: bool = False
    follows: bool = False
    for_once: bool = False
    menu: Menu | None = None

    @property
    def of_company(self) -> bool:
        """Whether it is a company's page."""
        return "{company}" in self.path

    @property
    def most_bytes(self) -> int:
        """How large what is sent to it may be."""
        return UPLOAD_BYTES if self.upload else PAGE_BYTES


ROUTES: list[Page] = []
"""Every page, in the order of the menu's sections."""


def page(
    method: str,
    path: str,
    *,
    needs: Feature | None = None,
    for_all: bool = False,
    upload: bool = False,
    follows: bool = False,
    for_once: bool = False,
    menu: Menu | None = None,
) -> Callable[[Serve], Serve]:
    """Declare a page; a path with `{company}` names what it needs, any other is for whoever is signed in, or for support."""
    fits = needs is not None if "{company}" in path else needs in (None, Feature.SUPPORT)
    if not fits or method not in ("GET", "POST"):
        raise ValueError(f"{method} {path}: a company's page needs a feature, and any other none but support")

    def declare(serve: Serve) -> Serve:
        ROUTES.append(
            Page(
                method=method,
                path=path,
                serve=serve,
                needs=needs,
                for_all=for_all,
                upload=upload,
                follows=follows,
                for_once=for_once,
                menu=menu,
            )
        )
        return serve

    return declare


def load_pages() -> list[Page]:
    """Import every module of pages and return the table."""
    from hub.web import pages

    for module in sorted(pkgutil.iter_modules(pages.__path__), key=lambda each: each.name):
        importlib.import_module(f"{pages.__name__}.{module.name}")
    return ROUTES
