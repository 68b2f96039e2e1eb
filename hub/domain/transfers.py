"""Transfers: what moves between sites is cost of goods; the ending counts already carry the goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.api import Level, Problem, Reason, Where
from hub.domain.adjusting import Outcome
from hub.domain.facts import Facts, Transfer
from hub.domain.lines import Group, Line, pair
from hub.domain.resolution import Resolved, Resolver
from hub.domain.setup import Movements, Site

RANK = 3
Taken = tuple[str, int, str]
"""What an export takes: `transfer` or `batch`, its row, and the side."""


class Mover:
    """Adds the transfers that an export takes, each whole or one side of it."""

    def __init__(self, facts: Facts, resolver: Resolver, outcome: Outcome) -> None:
        self.facts = facts
        self.setup = facts.setup
        self.resolver = resolver
        self.outcome = outcome
        self.taken: list[Taken] = []

    def move(self) -> list[Taken]:
        """Add every transfer due, and return what was taken."""
        if self.setup.settings.transfers is Movements.WITH_ADJUSTMENTS:
            for transfer in self.facts.transfers:
                self._transfer(transfer)
        return self.taken

    def _transfer(self, transfer: Transfer) -> None:
        sides = [side for side in self._sides(transfer) if side not in transfer.posted]
        if not sides or not self._in_time(transfer):
            return
        if not transfer.approved:
            if any(self._after_opening(transfer, site) for site in (transfer.from_site, transfer.to_site)):
                self._pending(transfer, "is not approved yet, so it is left out")
        elif not transfer.posted and self._within_one_entry(transfer):
            self._whole(transfer)
        else:
            for side in sides:
                self._one_side(transfer, side)

    def _sides(self, transfer: Transfer) -> Iterator[str]:
        for side, site in (("from", transfer.from_site), ("to", transfer.to_site)):
            if site in self.facts.counts:
                yield side

    def _in_time(self, transfer: Transfer) -> bool:
        go_live = self.setup.settings.go_live
        return transfer.date <= self.facts.count_date and (go_live is None or transfer.date >= go_live)

    def _after_opening(self, transfer: Transfer, site: str) -> bool:
        opening = self.facts.opening_dates.get(site)
        return opening is None or transfer.date > opening

    def _within_one_entry(self, transfer: Transfer) -> bool:
        sender, receiver = self._site(transfer.from_site), self._site(transfer.to_site)
        if sender.connection != receiver.connection:
            return False
        return self._shared(transfer.from_site) == self._shared(transfer.to_site)

    def _shared(self, site: str) -> list[str | None]:
        dimensions = self.setup.dimensions(self.facts.connection, site)
        return [dimensions.get(name) for name in self.facts.entry_dimensions]

    def _whole(self, transfer: Transfer) -> None:
        openings = [self.facts.opening_dates.get(site) for site in (transfer.from_site, transfer.to_site)]
        if any(opening is None for opening in openings):
            self._pending(transfer, "waits until both its sites have opening values")
            return
        if any(opening is not None and transfer.date <= opening for opening in openings):
            return
        self._warn_if_late(transfer, [transfer.from_site, transfer.to_site])
        lines: list[Line] = []
        for category, value in self._totals(transfer):
            debit = self._cogs(category, transfer.to_site)
            credit = self._cogs(category, transfer.from_site)
            lines += self._between_sites(transfer, category, value, debit, credit)
        self._add(transfer, transfer.to_site, lines)
        self.taken += [("transfer", transfer.ref, "from"), ("transfer", transfer.ref, "to")]

    def _between_sites(
        self, transfer: Transfer, category: str, value: int, debit: Resolved, credit: Resolved
    ) -> list[Line]:
        about = (transfer.to_site, category, Reason.TRANSFER, self._memo(transfer, category))
        found = pair(debit, credit, value, about, self._dimensions(transfer.to_site))
        if not found:
            return []
        sender = found[1]._replace(site=transfer.from_site, dimensions=self._dimensions(transfer.from_site))
        return [found[0], sender]

    def _one_side(self, transfer: Transfer, side: str) -> None:
        own = transfer.from_site if side == "from" else transfer.to_site
        opening = self.facts.opening_dates.get(own)
        if opening is None:
            self._pending(transfer, f"waits until {self._site(own).name} has opening values")
            return
        if transfer.date <= opening:
            return
        due = self._due(transfer, side)
        if due is None:
            return
        self._warn_if_late(transfer, [own])
        lines: list[Line] = []
        for category, value in self._totals(transfer):
            cogs = self._cogs(category, own)
            about = (own, category, Reason.TRANSFER, self._memo(transfer, category))
            debit, credit = (due, cogs) if side == "from" else (cogs, due)
            lines += pair(debit, credit, value, about, self._dimensions(own))
        self._add(transfer, own, lines)
        self.taken.append(("transfer", transfer.ref, side))

    def _due(self, transfer: Transfer, side: str) -> Resolved | None:
        sender, receiver = self._site(transfer.from_site), self._site(transfer.to_site)
        where = Where(transfer=transfer.transfer_id, connection=self.facts.connection)
        if self._base(sender) != self._base(receiver):
            self._problem(
                "currency_mismatch",
                f"Transfer {transfer.transfer_id} goes between books kept in {self._base(sender)} and {self._base(receiver)}.",
                "A transfer between two currencies cannot be posted; set it back to pending or correct its sites.",
                where,
            )
            return None
        pair_of_books = (sender.connection or "", receiver.connection or "")
        numbers = self.setup.due.get(pair_of_books)
        if numbers is None:
            self._problem(
                "due_accounts_missing",
                f"Transfer {transfer.transfer_id} goes from {sender.name} ({pair_of_books[0]}) to {receiver.name} "
                f"({pair_of_books[1]}), and no due-from and due-to accounts are set for these books.",
                "Import due-accounts for this pair of connections.",
                where,
            )
            return None
        number = numbers[0] if side == "from" else numbers[1]
        resolved = self.resolver.gl_account(
            number, part=None, where=Where(gl_account=number, connection=self.facts.connection)
        )
        if resolved.problem is not None:
            self.outcome.problems.append(resolved.problem)
        return resolved

    def _base(self, site: Site) -> str:
        return self.setup.books[site.connection].currency if site.connection else site.currency

    def _warn_if_late(self, transfer: Transfer, sites: list[str]) -> None:
        covered = [self.facts.counts[site] for site in sites if site in self.facts.counts]
        late = [count for count in covered if count.prior_export and transfer.date <= count.prior_export]
        if late:
            names = " and ".join(self._site(count.site).name for count in late)
            self.outcome.problems.append(
                Problem(
                    level=Level.WARNING,
                    code="late_transfer",
                    message=f"Transfer {transfer.transfer_id} of {transfer.date.isoformat()} came in after the count of "
                    f"{late[0].prior_export} of {names} was exported, and goes with this one.",
                    fix="Say yes to post it with this entry.",
                    where=Where(transfer=transfer.transfer_id, site=late[0].site, connection=self.facts.connection),
                )
            )

    def _pending(self, transfer: Transfer, why: str) -> None:
        self.outcome.problems.append(
            Problem(
                level=Level.NOTE,
                code="transfer_pending",
                message=f"Transfer {transfer.transfer_id} of {transfer.date.isoformat()} from "
                f"{self._site(transfer.from_site).name} to {self._site(transfer.to_site).name} {why}.",
                where=Where(transfer=transfer.transfer_id, connection=self.facts.connection),
            )
        )

    def _problem(self, code: str, message: str, fix: str, where: Where) -> None:
        self.outcome.problems.append(Problem(level=Level.PROBLEM, code=code, message=message, fix=fix, where=where))

    def _add(self, transfer: Transfer, site: str, lines: list[Line]) -> None:
        if lines:
            self.outcome.groups.append(Group((site, RANK, 0, transfer.transfer_id), site, tuple(lines)))

    def _totals(self, transfer: Transfer) -> list[tuple[str, int]]:
        categories = self.setup.categories
        return sorted(transfer.totals.items(), key=lambda total: categories[total[0]].position)

    def _cogs(self, category: str, site: str) -> Resolved:
        resolved = self.resolver.category(category, "cogs", site, "transfer")
        if resolved.problem is not None:
            self.outcome.problems.append(resolved.problem)
        return resolved

    def _memo(self, transfer: Transfer, category: str) -> str:
        sites = f"{self._site(transfer.from_site).name} to {self._site(transfer.to_site).name}"
        return f"Transfer {transfer.transfer_id} {transfer.date.isoformat()} · {category} · {sites}"

    def _site(self, code: str) -> Site:
        return self.setup.sites[code]

    def _dimensions(self, site: str) -> Mapping[str, str]:
        return self.setup.dimensions(self.facts.connection, site)
