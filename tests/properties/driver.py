"""Drives one company through the real service, keeps the model beside it, and compares the two."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from sqlalchemy import text

from hub.service import companies, connections, exporting, previewing
from hub.service.context import Hub, Refused
from hub.service.importing import ImportResult, import_rows
from tests.properties.ledger import Line, balances, cents, opposite, placed, read_lines
from tests.properties.model import (
    ASSETS,
    CONNECTIONS,
    COSTS,
    SITES,
    Batch,
    Count,
    Export,
    Model,
    Standing,
    Transfer,
    Values,
)

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DECIDED = ("category_missing", "nothing_to_post", "site_moved")
ROUNDS = 4
FIRST_ACCOUNTS = {
    "Meat": ("1310", "5010"),
    "Produce": ("1310", "5020"),
    "Dairy": ("1310", "5030"),
    "Liquor": ("1340", "5100"),
    "Prep": ("1320", "5030"),
}


def amount(minor: int) -> str:
    """Return cents as an import takes them."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


@dataclass(slots=True)
class Driver:
    """One company in a hub, and what must be so of it."""

    hub: Hub
    code: str
    model: Model = field(default_factory=Model)
    actions: int = 0

    def set_up(self, homes: dict[str, str]) -> None:
        """Add the company with two sets of books, four sites and five categories."""
        companies.add_company(self.hub, code=self.code, name=self.code, currency="USD")
        for name in CONNECTIONS:
            connections.add_connection(
                self.hub, self.code, connector="csv_iif", name=name, settings={"layout": "generic"}
            )
        kinds = {
            **dict.fromkeys((*ASSETS, "1410"), "asset"),
            **dict.fromkeys((*COSTS, "5900"), "cogs"),
            "2410": "liability",
        }
        self.takes("gl-accounts", [{"number": n, "name": f"GL {n}", "kind": kind} for n, kind in kinds.items()])
        self.takes("departments", [{"department": "All"}])
        self.model.accounts = dict(FIRST_ACCOUNTS)
        self.takes(
            "categories",
            [
                {"category": name, "department": "All", "asset_account": asset, "cogs_account": cogs}
                for name, (asset, cogs) in FIRST_ACCOUNTS.items()
            ],
        )
        for name in CONNECTIONS:
            chart = [{"number": f"{name}-{n}", "name": f"{name} {n}", "kind": kind} for n, kind in kinds.items()]
            self.takes("chart", chart, connection=name)
        self.takes(
            "account-map",
            [
                {"gl_account": n, "account_number": f"{name}-{n}", "connection": name}
                for name in CONNECTIONS
                for n in kinds
            ],
        )
        self.model.maps = {(name, n): f"{name}-{n}" for name in CONNECTIONS for n in kinds}
        pairs = [(one, other) for one in CONNECTIONS for other in CONNECTIONS]
        self.takes(
            "due-accounts",
            [{"from_connection": a, "to_connection": b, "due_from": "1410", "due_to": "2410"} for a, b in pairs],
        )
        self.takes("sites", [{"site": site, "name": f"Site {site}", "connection": homes[site]} for site in SITES])
        self.model.sites = dict(homes)
        companies.set_company(self.hub, self.code, {"production_variance": "5900"})

    def imports(self, kind: str, rows: list[dict[str, Any]], **options: Any) -> bool:
        """Import rows and return whether they were taken."""
        return self.result(kind, rows, **options).stored

    def result(self, kind: str, rows: list[dict[str, Any]], **options: Any) -> ImportResult:
        """Import rows and return what was said."""
        texts = [{name: str(value) for name, value in row.items()} for row in rows]
        return import_rows(self.hub.database, self.code, kind, texts, actor="tester", now=NOW, **options)

    def takes(self, kind: str, rows: list[dict[str, Any]], **options: Any) -> None:
        """Import rows that must be taken."""
        result = self.result(kind, rows, **options)
        assert result.stored, (kind, result.errors)

    # What people do

    def count(self, site: str, when: date, values: Values, *, approved: bool) -> None:
        """Import a count, each category as two items; amending replaces it whole."""
        self.actions += 1
        values = self._in_use(values)
        if not values:
            return
        rows = [
            {
                "count_date": when,
                "site": site,
                "item": f"{category} {part}",
                "category": category,
                "quantity": 1,
                "value": amount(share),
                "status": "approved" if approved else "open",
            }
            for category, value in values.items()
            for part, share in enumerate((value - value // 3, value // 3))
        ]
        result = self.result("counts", rows)
        exported = any(export.date == when and not export.closing for export in self.model.live(site))
        assert result.stored == (approved or not exported), (site, when, approved, exported, result.errors)
        if result.stored:
            self.model.counts[site, when] = Count(values=dict(values), approved=approved)

    def transfer(self, name: str, transfer: Transfer) -> None:
        """Import a transfer; one that was posted in part or whole stays as it was."""
        self.actions += 1
        if self._in_use(transfer.values) != transfer.values:
            return
        posted = name in self.model.transfers and any(self.model.posted(name, side) for side in ("from", "to"))
        rows = [
            {
                "transfer_id": name,
                "date": transfer.date,
                "from_site": transfer.from_site,
                "to_site": transfer.to_site,
                "item": f"{category} crate",
                "category": category,
                "quantity": 1,
                "value": amount(value),
                "status": "approved" if transfer.approved else "pending",
            }
            for category, value in transfer.values.items()
        ]
        stored = self.imports("transfers", rows)
        if not posted:
            assert stored, name
            self.model.transfers[name] = transfer
        else:
            assert stored == (transfer == self.model.transfers[name]), name

    def batch(self, name: str, batch: Batch) -> None:
        """Import a production batch."""
        self.actions += 1
        category, value = batch.output
        if self.model.retired & {category, *(name for name, _ in batch.inputs)}:
            return
        shared = {"batch_id": name, "date": batch.date, "site": batch.site, "quantity": 1}
        output = {**shared, "side": "output", "item": f"{category} dish", "category": category}
        rows = [output | ({} if value is None else {"value": amount(value)})]
        rows += [
            {**shared, "side": "input", "item": f"{name} part {index}", "category": category, "value": amount(spent)}
            for index, (category, spent) in enumerate(batch.inputs)
        ]
        self.takes("production", rows)
        self.model.batches[name] = batch

    def open(self, site: str, when: date, values: Values) -> None:
        """Import opening values; refused once an export stands, or while other books carry the site."""
        self.actions += 1
        connection, values = self.model.sites[site], self._in_use(values)
        if self.model.openings[site] is not None and not self.model.exported(site):
            return  # opening values may be corrected until an export stands on them
        rows = [
            {"date": when, "site": site, "category": category, "value": amount(value)}
            for category, value in values.items()
        ]
        result = self.result("opening", rows or [{"date": when, "site": site, "value": "0"}])
        stored = result.stored and result.changes > 0  # the same values again change nothing, and are taken
        model = self.model
        moved = bool(model.standing[site].values) and model.standing[site].connection != connection
        if model.openings[site] is not None or moved or any(export.unsettled for export in model.live(site)):
            assert not stored, (site, "opened twice, or while an export stands")
            return
        assert stored, (site, when, values)
        kept = {category: value for category, value in values.items() if value}
        model.openings[site] = (when, connection)
        model.standing[site] = Standing(connection=connection, values=kept)
        model.opened += [
            Line(
                connection=connection,
                entry="",
                date=when.isoformat(),
                reference="",
                account=model.account(category, 0, site, connection),
                signed=value,
                site=site,
                category=category,
                memo="Opening",
                dimensions=model.dimensions(connection, site),
            )
            for category, value in kept.items()
        ]

    def change(self, **settings: str) -> None:
        """Change settings of the company."""
        self.actions += 1
        companies.set_company(self.hub, self.code, settings)
        self.model.settings.update(settings)

    def export(self, connection: str, when: date, same_books: set[str]) -> Export | None:
        """Preview, decide, compare both methods, export, and check everything that was frozen and written."""
        self.actions += 1
        sites = self.model.offered(connection)[when]
        decisions, shown = self._decide(connection, when, [f"moved={site}/same_books" for site in same_books])
        blocks = {problem["code"] for problem in shown["problems"] if problem["blocking"]}
        assert blocks == self.model.blocks(connection, sites, same_books), (blocks, shown["problems"])
        if len(self.model.exports) % 3 == 0:
            self._same_under_both_methods(connection, when, decisions)
        before = {side: self._movements() for side in ("now",)}["now"]
        made = exporting.export(self.hub, self.code, when, connection, decisions=decisions, expected_hash=shown["hash"])
        if blocks:
            assert (made["export"], made["state"]) == (None, "REFUSED")
            return None
        assert made["hash"] == shown["hash"]
        assert made["sites"] == sorted(sites)
        export = self._frozen_as_shown(made, shown, connection, when, sites)
        self._stands_as_counted(export)
        self._moved_once(export, before)
        return export

    def close(self, site: str, connection: str) -> Export | None:
        """Post the closing entry of a site in books it has left."""
        self.actions += 1
        model, standing = self.model, self.model.standing[site]
        refused = (
            model.sites[site] == connection
            or not standing.values
            or standing.connection != connection
            or any(export.unsettled for export in model.live(site))
        )
        try:
            made = exporting.close_site(self.hub, self.code, site, connection)
        except Refused:
            made = None
        assert (made is None) == refused, (site, connection, made)
        if made is None:
            return None
        assert made["state"] == "FILE_READY", made
        export = self._export(made, connection, date.fromisoformat(made["count_date"]), {site: {}}, closing=True)
        sums = self._assets(site)
        assert sums == {}, (site, sums)
        return export

    def confirm(self, export: Export) -> None:
        """Say that the files were imported."""
        self.actions += 1
        made = exporting.confirm(self.hub, self.code, export.code)
        if export.state == "ready":
            assert made["state"] == "POSTED"
            export.state = "posted"
            if export.closing:
                self.model.openings.update(dict.fromkeys(export.values))
        elif export.state == "undoing":
            assert made["state"] == "UNDONE"
            self._undone(export)

    def undo(self, export: Export) -> None:
        """Undo an export; only the newest of its sites, and by an opposite entry where its file was imported."""
        self.actions += 1
        model = self.model
        newer = [
            other for other in model.live() if other.number > export.number and set(other.values) & set(export.values)
        ]
        opened = export.closing and any(model.openings[site] and export.state == "posted" for site in export.values)
        made = exporting.undo(self.hub, self.code, export.code)
        if export.state in ("undoing", "undone"):
            assert made["state"] == {"undoing": "FILE_READY", "undone": "UNDONE"}[export.state]
            return
        codes = {problem["code"] for problem in made["problems"] if problem["level"] == "problem"}
        if newer:
            assert "newer_export_stands" in codes, made
            return
        if opened or self._restoring_collides(export):
            assert "opening_stands" in codes, made
            return
        assert codes == set(), made
        if export.state == "ready" or not export.lines:
            assert made["state"] == "UNDONE"
            self._undone(export)
            return
        assert made["state"] == "FILE_READY"
        lines = self._files(made, export.connection)
        assert placed(lines) == opposite(export.lines)
        assert all(balances(lines).get(place, 0) == -value for place, value in balances(export.lines).items())
        export.state = "undoing"

    def withdraw(self, export: Export) -> None:
        """Take back an undo whose file was not imported."""
        self.actions += 1
        made = exporting.undo(self.hub, self.code, export.code, withdraw=True)
        assert made["state"] == "POSTED"
        export.state = "posted"

    def _in_use(self, values: Values) -> Values:
        """Leave out the categories that are gone from the company, which no import takes."""
        return {category: value for category, value in values.items() if category not in self.model.retired}

    # What must hold

    def check(self) -> None:
        """Check what holds after every step."""
        self._offers_as_expected()
        self._books_carry_what_was_counted()
        self._never_twice()
        self._one_unsettled_export_a_site()

    def _offers_as_expected(self) -> None:
        shown = [
            (one["connection"], one["count_date"], one["sites"], cents(one["value"]), one["default"])
            for one in previewing.offered_counts(self.hub, self.code)
        ]
        expected = [
            (
                connection,
                when.isoformat(),
                sites,
                sum(sum(self.model.counts[site, when].values.values()) for site in sites),
                index == 0,
            )
            for connection in CONNECTIONS
            for index, (when, sites) in enumerate(self.model.offered(connection).items())
        ]
        assert shown == expected, (shown, expected)

    def _books_carry_what_was_counted(self) -> None:
        for site in SITES:
            assert self._assets(site) == self.model.standing[site].values, site

    def _never_twice(self) -> None:
        moved = self._movements()
        assert set(moved.values()) <= {0, 1}, moved

    def _one_unsettled_export_a_site(self) -> None:
        for site in SITES:
            assert sum(export.unsettled for export in self.model.live(site)) <= 1, site
        statement = """
            SELECT c.site_id FROM export_count c JOIN company o ON o.id = c.company_id
            WHERE o.code = :code AND c.unsettled GROUP BY c.site_id HAVING count(*) > 1"""
        with self.hub.database.read() as connection:
            assert connection.execute(text(statement), {"code": self.code}).all() == []

    def _decide(self, connection: str, when: date, decisions: list[str]) -> tuple[list[str], dict[str, Any]]:
        for _ in range(ROUNDS):
            shown = previewing.preview(self.hub, self.code, when, connection, decisions)
            self._balances_as_shown(shown)
            more = {self._answer(problem) for problem in shown["problems"]} - {"", *decisions}
            if not more:
                return decisions, shown
            decisions = sorted({*decisions, *more})
        raise AssertionError(f"the problems do not end: {shown['problems']}")

    def _answer(self, problem: dict[str, Any]) -> str:
        where = problem["where"]
        if problem["level"] == "warning":
            return f"acknowledge={problem['code']}"
        if problem["code"] == "category_missing":
            assert where["category"] not in self.model.retired
            return f"zero={where['site']}/{where['category']}"
        return "mark_exported=yes" if problem["code"] == "nothing_to_post" else ""

    def _balances_as_shown(self, shown: dict[str, Any]) -> None:
        assert shown["balanced"]
        assert shown["debits"] == shown["credits"]
        for entry in shown["entries"]:
            assert sum(_signed(line) for line in entry["lines"]) == 0, entry
            assert all(cents(line["amount"]) > 0 for line in entry["lines"]), entry

    def _same_under_both_methods(self, connection: str, when: date, decisions: list[str]) -> None:
        chosen = self.model.settings["method"]
        found = []
        for method in ("net_change", "reversal"):
            companies.set_company(self.hub, self.code, {"method": method})
            shown = previewing.preview(self.hub, self.code, when, connection, decisions)
            found.append(_net(shown))
        companies.set_company(self.hub, self.code, {"method": chosen})
        assert found[0] == found[1]

    def _frozen_as_shown(
        self, made: dict[str, Any], shown: dict[str, Any], connection: str, when: date, sites: list[str]
    ) -> Export:
        statement = """
            SELECT p.entry, p.sha256 FROM posting p JOIN export e ON e.id = p.export_id
            JOIN company o ON o.id = e.company_id WHERE o.code = :code AND e.code = :export ORDER BY p.part"""
        with self.hub.database.read() as rows:
            frozen = rows.execute(text(statement), {"code": self.code, "export": made["export"]}).all()
        assert [row[0].encode() for row in frozen] == [rfc8785.dumps(entry) for entry in shown["entries"]]
        assert [row[1] for row in frozen] == [sha256(row[0].encode()).hexdigest() for row in frozen]
        values = {
            site: {name: value for name, value in self.model.counts[site, when].values.items() if value}
            for site in sites
        }
        export = self._export(made, connection, when, values, closing=False)
        expected = [_shown_line(line) for entry in shown["entries"] for line in entry["lines"]]
        assert [_file_line(line) for line in export.lines] == expected
        assert made["state"] == ("FILE_READY" if shown["entries"] else "POSTED")
        return export

    def _export(
        self, made: dict[str, Any], connection: str, when: date, values: dict[str, Values], *, closing: bool
    ) -> Export:
        model = self.model
        lines = self._files(made, connection)
        export = Export(
            code=made["export"],
            number=len(model.exports),
            connection=connection,
            date=when,
            closing=closing,
            values=values,
            lines=lines,
            state="ready" if lines else "posted",
            openings={site: model.openings[site] for site in values},
            before={site: model.standing[site] for site in values},
        )
        model.exports.append(export)
        for site, carried in values.items():
            prior = model.standing[site]
            crossed = bool(prior.values) and prior.connection != connection
            model.standing[site] = Standing(
                connection=connection if carried else None,
                values=carried,
                translated=prior.translated or crossed,
            )
        return export

    def _files(self, made: dict[str, Any], connection: str) -> list[Line]:
        lines: list[Line] = []
        for posting in made["postings"]:
            found = read_lines(Path(posting["receipt"]["file"]), connection)
            assert sum(line.signed for line in found) == 0, posting
            assert {line.reference for line in found} == {posting["reference"]}
            lines += found
        return lines

    def _stands_as_counted(self, export: Export) -> None:
        """Every asset balance of the sites stands in today's accounts and dimensions, and nowhere else."""
        model = self.model
        for site, values in export.values.items():
            if model.standing[site].translated:
                model.carried_over.add(site)
            if site in model.carried_over:  # its lines stand under the names of two connectors to the same books
                continue
            expected = {
                (
                    export.connection,
                    model.account(category, 0, site, export.connection),
                    site,
                    category,
                    model.dimensions(export.connection, site),
                ): value
                for category, value in values.items()
            }
            assert balances(self._asset_lines(site)) == expected, (site, balances(self._asset_lines(site)), expected)

    def _moved_once(self, export: Export, before: dict[tuple[str, str], int]) -> None:
        """Each transfer side and batch that was due is now posted; nothing else is."""
        after, model = self._movements(), self.model
        for (name, side), times in after.items():
            due = self._batch_due(export, name) if side == "whole" else self._side_due(export, name, side, before)
            assert times == (1 if due else before[name, side]), (name, side, due, times, before[name, side])
        assert model.exports[-1] is export

    def _batch_due(self, export: Export, name: str) -> bool:
        batch = self.model.batches[name]
        opening = self.model.openings[batch.site]
        on = self.model.settings["production"] == "with_adjustments"
        return on and batch.site in export.values and opening is not None and opening[0] < batch.date <= export.date

    def _side_due(self, export: Export, name: str, side: str, before: dict[tuple[str, str], int]) -> bool:
        model, transfer = self.model, self.model.transfers[name]
        if model.settings["transfers"] == "off" or not transfer.approved or transfer.date > export.date:
            return False
        own = transfer.site(side)
        ends = (transfer.from_site, transfer.to_site)
        together = model.sites[ends[0]] == model.sites[ends[1]]
        untouched = not before[name, "from"] and not before[name, "to"]
        needed = ends if together and untouched else (own,)
        covered = set(needed) & set(export.values)
        openings = [model.openings[site] for site in needed]
        return bool(covered) and all(opening is not None and opening[0] < transfer.date for opening in openings)

    def _movements(self) -> dict[tuple[str, str], int]:
        sides = {
            (name, side): self.model.posted(name, side) for name in self.model.transfers for side in ("from", "to")
        }
        return sides | {(name, "whole"): self.model.produced(name) for name in self.model.batches}

    def _undone(self, export: Export) -> None:
        export.state = "undone"
        self.model.standing.update(export.before)
        if export.closing:
            self.model.openings.update(export.openings)

    def _restoring_collides(self, export: Export) -> bool:
        """Opening values in other books came after the export, which had left the site without any value."""
        return any(self.model.standing[site].values != values for site, values in export.values.items())

    def _assets(self, site: str) -> Values:
        sums: Values = {}
        for line in self._asset_lines(site):
            sums[line.category] = sums.get(line.category, 0) + line.signed
        return {category: value for category, value in sums.items() if value}

    def _asset_lines(self, site: str) -> list[Line]:
        posted = (line for export in self.model.live() for line in export.lines)
        return [
            line
            for line in (*self.model.opened, *posted)
            if line.site == site and line.account.partition("-")[2] in ASSETS
        ]


def _signed(line: dict[str, Any]) -> int:
    return cents(line["amount"]) * (1 if line["side"] == "debit" else -1)


def _net(shown: dict[str, Any]) -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = {}
    for entry in shown["entries"]:
        for line in entry["lines"]:
            place = (line["account_number"], line["site"], line["category"], json.dumps(line["dimensions"]))
            sums[place] = sums.get(place, 0) + _signed(line)
    return {place: value for place, value in sums.items() if value}


def _shown_line(line: dict[str, Any]) -> tuple[Any, ...]:
    dimensions = tuple(sorted(line["dimensions"].items()))
    return line["account_number"], _signed(line), line["site"], line["category"], line["memo"], dimensions


def _file_line(line: Line) -> tuple[Any, ...]:
    return line.account, line.signed, line.site, line.category, line.memo, line.dimensions


__all__ = ["NOW", "Driver", "amount"]
