"""The lists in docs/partners.md, made from the code; `python -m tests.testing.conformance.reference --write` renews them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from hub.testing.conformance import CHECKS, Check, Grade
from tests.testing.conformance.elsewhere import ELSEWHERE
from tests.testing.conformance.seeded import SEEDED

PAGE = Path(__file__).parents[3] / "docs" / "partners.md"
BLOCK = re.compile(r"(<!-- from the code: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
MEANINGS = re.compile(r"(\w+): (.*?)(?:;|\.$)", re.DOTALL)


def renewed(page: str) -> str:
    """Return the page with each marked block made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}{BLOCKS[match[2]]()}\n{match[3]}", page)


def grades() -> str:
    told = " ".join((Grade.__doc__ or "").split("\n\n")[1].split())
    meanings = dict(MEANINGS.findall(told))
    rows = [f"| {grade.word} | {meanings[grade.word]} | {_count(grade)} |" for grade in Grade]
    return "\n".join(["| level | what it says | checks of its own |", "|---|---|---|", *rows])


def checks() -> str:
    rows = [f"| `{check.id}` | {check.grade.word} | {check.title} | {_asked_of(check)} |" for check in CHECKS]
    return "\n".join(["| check | level | what is asked | of whom |", "|---|---|---|---|", *rows])


def faults() -> str:
    rows = [f"| {seeded.fault} | `{seeded.check}` |" for seeded in (*SEEDED, *ELSEWHERE)]
    return "\n".join(["| fault | caught by |", "|---|---|", *rows])


def _count(grade: Grade) -> str:
    return str(sum(check.grade is grade for check in CHECKS) or "")


def _asked_of(check: Check) -> str:
    return " and ".join(sorted(concern.value for concern in check.concerns)) or "all"


BLOCKS: Mapping[str, Callable[[], str]] = {"grades": grades, "checks": checks, "faults": faults}


if __name__ == "__main__":
    text = renewed(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
