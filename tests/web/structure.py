"""What a page is built of, whatever its texts say: its elements with their attributes, and where they point to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
POINTS = frozenset({"href", "src", "action", "formaction", "data", "xlink:href"})
OURS = ("/", "#", "?")
"""How what an address of this app begins with."""

Element = tuple[str, ...]
"""The elements from the root down to one, the last with the names of its attributes and what its classes are."""


class Structure(HTMLParser):
    """Reads a page. elements: how often each is there; points: where its links and files are; text: what is read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: Counter[Element] = Counter()
        self.points: list[str] = []
        self.others: list[str] = []
        self._open: list[str] = []
        self._texts: list[str] = []
        self.feed(page)
        self.close()

    @property
    def text(self) -> str:
        """What is read, in one line."""
        return " ".join("".join(self._texts).split())

    @property
    def foreign(self) -> list[str]:
        """Where the page points to outside this app, or to something that would be run."""
        return [each for each in self.points if not each.startswith(OURS) or each.startswith(("//", "/\\"))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        assert len(held) == len(attrs), f"<{tag}> has an attribute twice: {attrs}"
        marks = sorted(held) + sorted((held.get("class") or "").split())
        self.elements[(*self._open, f"{tag}[{' '.join(marks)}]")] += 1
        self.points += [value or "" for name, value in attrs if name in POINTS]
        self._texts += [value for name, value in attrs if name in ("value", "aria-label") and value]
        if tag not in VOID:
            self._open.append(tag)
        self._texts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()
        self._texts.append(" ")

    def handle_data(self, data: str) -> None:
        self._texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def differences(one: Structure, other: Structure) -> Iterator[str]:
    """Yield what one page has more often than the other."""
    for sign, more, less in (("-", one, other), ("+", other, one)):
        for element, times in (more.elements - less.elements).items():
            yield f"{sign}{times} {' '.join(element)}"
