"""The menu of a company: what this person may use, named as the accounting systems are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from hub.domain.access import Access
from hub.service.heading import Heading
from hub.web.routes import ROUTES, Menu, Page

SECTIONS = ("Inventory", "Inventory Reports", "Accounting", "Accounting Setup", "Company Setup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the menu."""

    title: str
    path: str
    current: bool


def menu_of(heading: Heading, access: Access, at: Page, connection: str) -> list[tuple[str, list[Item]]]:
    """Return the menu's sections with their items; at: the page it stands on; connection: the one it shows, if any."""
    found: dict[str, list[Item]] = {section: [] for section in SECTIONS}
    listed = [(page, page.menu) for page in ROUTES if page.menu and page.needs and access.may(page.needs)]
    for page, menu in sorted(listed, key=lambda each: each[1].order):
        found.setdefault(menu.section, []).extend(_items(page, menu, heading, at, connection))
    return [(section, items) for section, items in found.items() if items]


def _items(page: Page, menu: Menu, heading: Heading, at: Page, connection: str) -> Iterator[Item]:
    path = page.path.format(company=quote(heading.code, safe=""))
    here = at.path == page.path or at.path.startswith(f"{page.path}/")
    if "{label}" not in menu.title:
        yield Item(title=menu.title, path=path, current=here)
        return
    if len(heading.labels) <= 1:
        label = heading.labels[0] if heading.labels else "Accounting"
        yield Item(title=menu.title.format(label=label), path=path, current=here)
        return
    names = {each.name: each.label for each in heading.connections}
    for label in heading.labels:
        first = next(each.name for each in heading.connections if each.label == label)
        yield Item(
            title=menu.title.format(label=label),
            path=f"{path}?connection={quote(first, safe='')}",
            current=here and names.get(connection, heading.labels[0]) == label,
        )
