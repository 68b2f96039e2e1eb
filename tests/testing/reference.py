"""The lists in docs/testing_kit.md, made from the code; `python -m tests.testing.reference --write` renews them."""

from __future__ import annotations

import enum
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hub.testing import Fault, LedgerFault, Profile
from hub.testing.connector.faults import NOTHING_WRITTEN
from hub.testing.ledger.refusals import STATUSES

PAGE = Path(__file__).parents[2] / "docs" / "testing_kit.md"
BLOCK = re.compile(r"(<!-- from the code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(page: str) -> str:
    """Return the page with each marked block made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match[2]]()}\n{match[3]}", page)


def profiles() -> str:
    columns = ("key_life_s", "latest_commit_s", "calls_per_minute", "calls_at_once", "lines_per_entry")
    rows = [
        (f"`{profile}`", profile.guarantee.value, *(str(getattr(profile.limits, name) or "") for name in columns))
        for profile in Profile
    ]
    return f"{_told(Profile)}\n\n{_table(('profile', 'guarantee', *columns), rows)}"


def codes() -> str:
    rows = [
        (str(status), f"`{code}`", NOTHING_WRITTEN[code].__name__ if code in NOTHING_WRITTEN else "")
        for code, status in STATUSES.items()
    ]
    return _table(("status", "code", "nothing was written: the connector raises"), rows)


def _told(kind: type[enum.Enum]) -> str:
    """The docstring of an enumeration, and its members."""
    members = ", ".join(f"`{kind.__name__}.{member.name}`" for member in kind)
    return f"**{kind.__name__}**: {inspect.getdoc(kind)}\n\n{members}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "profiles": profiles,
    "codes": codes,
    "ledger_faults": lambda: _told(LedgerFault),
    "faults": lambda: _told(Fault),
}


if __name__ == "__main__":
    text = renewed(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
