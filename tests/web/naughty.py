"""A company in which everything that can have a name has one of some texts: set-up, people, exports, transfers, files."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hub.api import Account, AccountKind, Level
from hub.demo.loading import COMPANY
from hub.domain.access import Role
from hub.intake.cells import LONGEST_NAME, SPACES
from hub.service import people
from hub.service.companies import add_company
from hub.service.exporting import export
from hub.service.importing import import_file, import_rows
from hub.service.posting import watching
from hub.service.previewing import preview
from hub.testing.clock import VirtualClock
from hub.testing.ledger import FakeLedger
from hub.testing.profile import Profile
from hub.web.app import create_app
from tests.posting.house import House
from tests.web.conftest import NOW, PASSWORD, Site
from tests.web.samples import OFFERED, OWN_SITE

Row = Mapping[str, object]
WHO, OTHER = "support", "CK"
"""Who may see everything, and the site that things are moved to: its code is no name, as lines are ordered by it."""
EDITED = 40
MARKS = re.compile(r"[<>&\"'`%{]|script:")
OPENED, EXPORTED = "2026-08-31", "2026-09-30"
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
"""What no name may hold: the rest of a text with such characters is still tried."""


def naughty_names(shared: Path) -> list[str]:
    """Return the big list of naughty strings as names: each whole where it fits, else in pieces."""
    texts: list[str] = json.loads((shared / "corpora" / "blns" / "blns.json").read_text("utf-8"))
    assert len(texts) == 515
    return list(dict.fromkeys(piece for text in texts for piece in _pieces(UNSEEN.sub("", text))))


def with_marks(names: Sequence[str]) -> list[str]:
    """Return the names that have a sign of markup, of scripts or of templates."""
    return [name for name in names if MARKS.search(name)]


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), LONGEST_NAME):
        if piece := text[start : start + LONGEST_NAME].strip(SPACES):
            yield piece


def harmless_names(number: int) -> list[str]:
    """Return so many names that nothing is wrong with."""
    return [f"Name {each:03}" for each in range(number)]


class Naughty:
    """Builds the company in a house of the posting tests; `names` are used in turn for whatever needs one."""

    def __init__(self, url: str, home: Path, names: Sequence[str]) -> None:
        self.names = names
        clock = VirtualClock()
        accounts = [Account(id="a-1310", number="1310", name=self.name(5), kind=AccountKind.ASSET)]
        accounts += [
            Account(id=f"a-{i}", number=each, name=self.name(i + 3), kind=AccountKind.COGS)
            for i, each in enumerate(names)
        ]
        ledger = FakeLedger(
            now=clock.now, profile=Profile.REQUEST_ID, accounts=accounts, company_name=self.name(7, most=100)
        )
        self.accounts = accounts
        self.house = House(url, home, ledger=ledger, clock=clock, company=COMPANY)
        self.hub = self.house.hub

    def name(self, number: int, *, most: int = LONGEST_NAME) -> str:
        """Return the name of a number, or the next that is short enough."""
        at = number % len(self.names)
        return next(name for name in (*self.names[at:], *self.names) if len(name) <= most)

    def build(self) -> Site:
        """Add the company with an exported count that was amended and edited there since, and one on offer."""
        add_company(self.hub, code=COMPANY, name=self.name(0), currency="USD")
        self.books = self.name(1, most=100)
        self.house.connect(self.books)
        people.add_person(self.hub, WHO, password=PASSWORD, full_name=self.name(2, most=100), support=True)
        people.add_person(self.hub, "newcomer", password=PASSWORD, full_name=self.name(8, most=100))
        people.give_access(self.hub, COMPANY, "newcomer", Role.VIEWER)
        self._set_up()
        self._others_books()
        for number in range(0, len(self.names), 50):
            self._file(number)
        self._count(EXPORTED, "1.00")
        made = export(self.hub, COMPANY, None, self.books, self._yes())
        assert made["state"] == "POSTED", made["problems"][:3]
        self._count(EXPORTED, "2.00")
        self._count(OFFERED, "3.00")
        self._edit_there()
        watching.check_export(self.hub, COMPANY, made["export"])
        site = Site(self.house.database, self.hub.home)
        site.hub = self.hub
        site.app = create_app(self.hub)
        return site

    def _others_books(self) -> None:
        """Add books of another company, with the accounts of what is owed between the two."""
        other = self.name(10, most=100)
        self.house.connect(other)
        owed = {"due_from": self.name(11), "due_to": self.name(12)}
        self._import("due-accounts", [{"from_connection": self.books, "to_connection": other, **owed}])

    def _edit_there(self) -> None:
        """Change the memo and the amount of some lines of a journal in the ledger."""
        journal = self.house.ledger.journals()[0]
        lines = [
            replace(line, memo=self.name(10 * i), amount=line.amount + 1)
            for i, line in enumerate(journal.lines[:EDITED])
        ]
        self.house.ledger.edit(journal.id, lines=[*lines, *journal.lines[EDITED:]])

    def _yes(self) -> list[str]:
        """Return a yes to every warning; there must be nothing else in the way."""
        found = preview(self.hub, COMPANY, None, self.books)["problems"]
        assert [each["message"] for each in found if each["level"] == Level.PROBLEM.value] == []
        return [f"acknowledge={each['code']}" for each in found if each["level"] == Level.WARNING.value]

    def _set_up(self) -> None:
        name, numbers = self.name, range(len(self.names))
        some = numbers[::10]
        self._import("gl-accounts", [{"number": "1310", "name": name(3), "kind": "asset"}])
        self._import("gl-accounts", [{"number": name(i), "name": name(i + 1), "kind": "cogs"} for i in numbers])
        self._import("departments", [{"department": name(i), "asset_account": "1310"} for i in numbers[::25]])
        self._import(
            "categories",
            [{"category": name(i), "department": name(i // 25 * 25), "cogs_account": name(i + 2)} for i in numbers],
        )
        books = {"connection": self.books}
        self._import("sites", [{"site": OWN_SITE, "name": name(4), **books}, {"site": OTHER, "name": name(6), **books}])
        self._import("sites", [{"site": name(i), "name": name(i + 1), **books} for i in some])
        chart = [{"id": each.id, "number": each.number, "name": each.name, "kind": each.kind} for each in self.accounts]
        self._import("chart", chart)
        maps = [{"gl_account": each, "account_number": each, **books} for each in ("1310", *map(name, numbers))]
        self._import("account-map", maps)
        self._import("site-map", [{"site": name(i), "dimension": name(i), "value": name(i + 1), **books} for i in some])
        self._import("overrides", [{"gl_account": name(i), "site": name(0), "override_account": name(7)} for i in some])
        opened = [{"date": OPENED, "site": site, "value": "0"} for site in (OWN_SITE, OTHER)]
        self._import("opening", opened)
        moved = {"date": "2026-10-15", "quantity": "1", "value": "1.00"}
        way = {"from_site": OWN_SITE, "to_site": OTHER}
        self._import(
            "transfers",
            [{"transfer_id": name(i), "item": f"Moved {i}", "category": name(i), **moved, **way} for i in some],
        )
        batch = {"site": OWN_SITE, "side": "output", **moved}
        self._import(
            "production", [{"batch_id": name(i), "item": f"Made {i}", "category": name(i), **batch} for i in some]
        )

    def _count(self, day: str, value: str) -> None:
        """Import a count as a file: a line of every category, and every name as an item of the first."""
        numbers = range(len(self.names))
        about = {"count_date": day, "site": OWN_SITE, "quantity": "1", "value": value, "unit": self.name(6)}
        first = [{**about, "item": self.name(i), "category": self.name(0), "area": self.name(i + 2)} for i in numbers]
        others = [{**about, "item": f"Item {i}", "category": self.name(i)} for i in numbers[1:]]
        self._import("counts", [*first, *others])

    def _file(self, number: int) -> None:
        """Import a file that is called by a name."""
        content = io.BytesIO(f"number,name,kind\n9{number:03},Spare,cogs\n".encode())
        file_name, actor = f"{self.name(number)}.csv", self.name(number + 1)
        import_file(self.hub.database, COMPANY, "gl-accounts", content, actor=actor, now=NOW, file_name=file_name)

    def _import(self, kind: str, rows: Sequence[Row]) -> None:
        done = import_rows(self.hub.database, COMPANY, kind, list(rows), actor=self.name(9), now=NOW)
        assert done.stored, (kind, done.errors[:5])
