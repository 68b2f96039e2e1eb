"""Writes the lists of docs/api.md from the code: python -m tests.web.api.reference --write"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from hub.web.api.operations import load_operations
from hub.web.api.problems import TOLD

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
BLOCK = re.compile(r"(<!-- (\w+): from the code -->\n).*?(<!-- end -->)", re.DOTALL)


def renewed(text: str) -> str:
    """Return the page with each of its lists written from the code."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}\n{found[3]}", text)


def operations() -> str:
    """Every operation with its scope, its parameters and what it is for."""
    rows = ["| request | scope | |", "|---|---|---|"]
    for each in load_operations():
        path = each.path.removeprefix("/companies/{code}")
        asked = "&".join(f"{name}=" for name in each.query.model_fields)
        sent = f" `{{{', '.join(each.body.model_fields)}}}`" if each.body and each.body.model_fields else ""
        told = " ".join((each.serve.__doc__ or "").split())
        rows.append(f"| `{each.method} {path}{'?' + asked if asked else ''}`{sent} | `{each.scope}` | {told} |")
    return "\n".join(rows)


def statuses() -> str:
    """What each status says."""
    return "\n".join(["| status | |", "|---|---|", *(f"| {status} | {told} |" for status, (_, told) in TOLD.items())])


BLOCKS = {"operations": operations, "statuses": statuses}


if __name__ == "__main__":
    page = renewed(PAGE.read_text("utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(page, "utf-8")
    else:
        sys.stdout.write(page)
