"""What a browser would send of a page's form as it stands."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.posts = False
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.posts = held.get("method") == "post" and "/sign-out" not in held.get("action", "")
        name = held.get("name", "")
        if not self.posts or not (name or tag == "option"):
            return
        if tag == "select":
            self.select = name
        elif tag == "option" and (self.select not in self.found or "selected" in held):
            self.found[self.select] = held["value"]
        elif tag == "input" and (held.get("type") not in ("checkbox", "radio") or "checked" in held):
            self.found[name] = held.get("value", "")


def filled(page: str) -> dict[str, str]:
    """Return the fields of a page's form that posts, by name, without its token."""
    fields = _Fields()
    fields.feed(page)
    return {name: value for name, value in fields.found.items() if name != "csrf"}
