"""What the accounting rules say must be so, kept beside the product and from the test's own actions alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.properties.ledger import Line

SITES = ("AP", "CK", "DT", "UP")
CATEGORIES = ("Meat", "Produce", "Dairy", "Liquor", "Prep")
CONNECTIONS = ("books", "sister")
ASSETS = ("1310", "1320", "1340")
COSTS = ("5010", "5020", "5030", "5100")
DUE = ("books-1410", "books-2410", "sister-1410", "sister-2410")
FIRST_DAY = date(2026, 1, 31)
Values = dict[str, int]


def day(number: int) -> date:
    """Return the day with this number, a week after the one before; day 0 comes before every count."""
    return FIRST_DAY + timedelta(days=7 * number)


@dataclass(slots=True, kw_only=True)
class Count:
    """A valuation count: its value by category, and whether it is approved."""

    values: Values
    approved: bool


@dataclass(slots=True, kw_only=True)
class Transfer:
    """A transfer of one or two categories."""

    date: date
    from_site: str
    to_site: str
    values: Values
    approved: bool

    def site(self, side: str) -> str:
        return self.from_site if side == "from" else self.to_site


@dataclass(slots=True, kw_only=True)
class Batch:
    """A production batch with one output."""

    date: date
    site: str
    output: tuple[str, int | None]
    inputs: list[tuple[str, int]]

    def settled(self) -> tuple[int, int]:
        """Return the output's value and the variance."""
        spent = sum(value for _, value in self.inputs)
        made = spent if self.output[1] is None else self.output[1]
        if abs(spent - made) <= len(self.inputs):
            return spent, 0
        return made, spent - made


@dataclass(slots=True, kw_only=True)
class Export:
    """An export or closing entry; state: ready, posted, undoing or undone; values: by site, what the books then carry."""

    code: str
    number: int
    connection: str
    date: date
    closing: bool
    values: dict[str, Values]
    lines: list[Line]
    state: str
    openings: dict[str, tuple[date, str] | None]
    before: dict[str, Standing]

    @property
    def live(self) -> bool:
        return self.state != "undone"

    @property
    def unsettled(self) -> bool:
        return self.state in ("ready", "undoing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the books carry for a site, and which books; places: connection, account, category and dimensions."""

    connection: str | None = None
    values: Values = field(default_factory=dict)
    translated: bool = False


@dataclass(slots=True)
class Model:
    """One company as the rules see it."""

    sites: dict[str, str] = field(default_factory=dict)
    openings: dict[str, tuple[date, str] | None] = field(default_factory=lambda: dict.fromkeys(SITES))
    standing: dict[str, Standing] = field(default_factory=lambda: {site: Standing() for site in SITES})
    opened: list[Line] = field(default_factory=list)
    carried_over: set[str] = field(default_factory=set)
    counts: dict[tuple[str, date], Count] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    exports: list[Export] = field(default_factory=list)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    overrides: dict[tuple[str, str, str], str] = field(default_factory=dict)
    maps: dict[tuple[str, str], str] = field(default_factory=dict)
    site_maps: dict[tuple[str, str], str] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    settings: dict[str, str] = field(
        default_factory=lambda: {
            "method": "reversal",
            "transfers": "with_adjustments",
            "production": "with_adjustments",
        }
    )

    def live(self, site: str | None = None) -> list[Export]:
        """Return the exports that stand, of one site or of all."""
        return [export for export in self.exports if export.live and (site is None or site in export.values)]

    def exported(self, site: str) -> bool:
        """Return whether an export of the site stands that no closing entry has ended since."""
        closed = max((export.number for export in self.live(site) if export.closing), default=-1)
        return any(export.number > closed for export in self.live(site) if not export.closing)

    def last_exported(self, site: str) -> date | None:
        return max((export.date for export in self.live(site) if not export.closing), default=None)

    def offered(self, connection: str) -> dict[date, list[str]]:
        """Return the dates on offer with their sites, newest first."""
        found: dict[date, list[str]] = defaultdict(list)
        for (site, when), count in sorted(self.counts.items()):
            last, opening = self.last_exported(site), self.openings[site]
            newer = (last is None or when > last) and (opening is None or when > opening[0])
            if self.sites[site] == connection and count.approved and newer:
                found[when].append(site)
        return dict(sorted(found.items(), reverse=True))

    def blocks(self, connection: str, sites: list[str], same_books: set[str]) -> set[str]:
        """Return the codes of what must stop an export of these sites, apart from what the test decides."""
        found = set()
        for site in sites:
            standing = self.standing[site]
            elsewhere = bool(standing.values) and standing.connection != connection
            if any(export.unsettled for export in self.live(site)):
                found.add("file_not_confirmed")
            if elsewhere and site not in same_books:
                found.add("site_moved")
            if self.openings[site] is None and not elsewhere:
                found.add("opening_not_decided")
        return found

    def account(self, category: str, part: int, site: str, connection: str, *, overridden: bool = True) -> str:
        """Resolve a category's asset (part 0) or COGS (part 1) account for its counts."""
        number = self.accounts[category][part]
        keys = ((number, site, "count"), (number, "", "count"), (number, site, ""), (number, "", ""))
        if overridden:
            number = next((self.overrides[key] for key in keys if key in self.overrides), number)
        return self.maps[connection, number]

    def dimensions(self, connection: str, site: str) -> tuple[tuple[str, str], ...]:
        value = self.site_maps.get((connection, site))
        return (("class", value),) if value else ()

    def posted(self, transfer_id: str, side: str) -> int:
        """Return how often a side of a transfer stands in the files, judged by its lines of COGS."""
        transfer = self.transfers[transfer_id]
        sign, own = (-1, "from") if side == "from" else (1, "to")
        lines = self._lines(f"Transfer {transfer_id} ", transfer.site(own))
        return self._times(lines, {category: sign * value for category, value in transfer.values.items()})

    def produced(self, batch_id: str) -> int:
        """Return how often a batch stands in the files, judged by its debits and credits."""
        batch = self.batches[batch_id]
        made, variance = batch.settled()
        debits = made + max(variance, 0)
        lines = [*self._lines(f"Production {batch_id} ", batch.site), *self._variance(batch_id, batch.site)]
        total = sum(line.signed for line in lines if line.signed > 0)
        assert sum(line.signed for line in lines) == 0, batch_id
        assert total % debits == 0, (batch_id, total, debits)
        return total // debits

    def _variance(self, batch_id: str, site: str) -> list[Line]:
        return self._lines(f"Production variance {batch_id} ", site)

    def _lines(self, start: str, site: str) -> list[Line]:
        return [
            line
            for export in self.live()
            for line in export.lines
            if line.memo.startswith(start) and line.site == site and not line.account.startswith(DUE)
        ]

    def _times(self, lines: list[Line], once: Values) -> int:
        sums: dict[str, int] = defaultdict(int)
        for line in lines:
            sums[line.category] += line.signed
        times = {sums[category] // value if sums[category] % value == 0 else None for category, value in once.items()}
        assert len(times) == 1, (lines, once)
        found = times.pop()
        assert found is not None, (lines, once)
        return found
