"""Production: cost of goods moves from the ingredients' categories to the produced one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from hub.api import Level, Problem, Reason, Side, Where
from hub.domain.adjusting import Outcome
from hub.domain.facts import Batch, Facts
from hub.domain.lines import Group, Line
from hub.domain.resolution import Resolved, Resolver
from hub.domain.setup import Movements
from hub.domain.transfers import Taken

RANK = 4


class Producer:
    """Adds the batches that an export takes."""

    def __init__(self, facts: Facts, resolver: Resolver, outcome: Outcome) -> None:
        self.facts = facts
        self.setup = facts.setup
        self.resolver = resolver
        self.outcome = outcome

    def produce(self) -> list[Taken]:
        """Add every batch due, and return what was taken."""
        if self.setup.settings.production is Movements.OFF:
            return []
        due = [batch for batch in self.facts.batches if self._due(batch)]
        for batch in due:
            self._warn_if_late(batch)
            lines = self._lines(batch)
            if lines:
                self.outcome.groups.append(Group((batch.site, RANK, 0, batch.batch_id), batch.site, tuple(lines)))
        return [("batch", batch.ref, "whole") for batch in due]

    def _due(self, batch: Batch) -> bool:
        opening = self.facts.opening_dates.get(batch.site)
        go_live = self.setup.settings.go_live
        if batch.site not in self.facts.counts or opening is None:
            return False
        in_time = opening < batch.date <= self.facts.count_date
        return in_time and (go_live is None or batch.date >= go_live)

    def _lines(self, batch: Batch) -> list[Line]:
        outputs, variance, produced = settle_values(batch)
        lines = [self._cost(batch, category, value, Side.DEBIT) for category, value in self._ordered(outputs)]
        if variance:
            lines.append(self._variance(batch, produced, variance))
        inputs = self._ordered(batch.inputs)
        lines += [self._cost(batch, category, value, Side.CREDIT) for category, value in inputs]
        return lines

    def _ordered(self, values: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
        sums: dict[str, int] = defaultdict(int)
        for category, value in values:
            sums[category] += value
        found = [(category, value) for category, value in sums.items() if value]
        return sorted(found, key=lambda one: self.setup.categories[one[0]].position)

    def _cost(self, batch: Batch, category: str, value: int, side: Side) -> Line:
        resolved = self.resolver.category(category, "cogs", batch.site, "count")
        if resolved.problem is not None:
            self.outcome.problems.append(resolved.problem)
        return self._line(batch, resolved, category, value if side is Side.DEBIT else -value, Reason.PRODUCTION)

    def _variance(self, batch: Batch, category: str, variance: int) -> Line:
        return self._line(batch, self._variance_account(batch), category, variance, Reason.PRODUCTION_VARIANCE)

    def _variance_account(self, batch: Batch) -> Resolved:
        number = self.setup.settings.production_variance
        where = Where(site=batch.site, batch=batch.batch_id, connection=self.facts.connection)
        if number is None:
            problem = Problem(
                level=Level.PROBLEM,
                code="no_variance_account",
                message=f"Batch {batch.batch_id} is worth more or less than what went into it, "
                "and no Production Variance account is set.",
                fix="Set production_variance under Company Settings > Accounting, or correct the batch.",
                where=where,
            )
            self.outcome.problems.append(problem)
            return Resolved("", None, problem)
        number = self.resolver.overridden(number, batch.site, "count")
        resolved = self.resolver.gl_account(number, part="cogs", where=where)
        if resolved.problem is not None:
            self.outcome.problems.append(resolved.problem)
        return resolved

    def _line(self, batch: Batch, resolved: Resolved, category: str, signed: int, reason: Reason) -> Line:
        what = "Production variance" if reason is Reason.PRODUCTION_VARIANCE else "Production"
        name = self.setup.sites[batch.site].name
        return Line(
            gl_account=resolved.gl_account,
            account=resolved.account,
            side=Side.DEBIT if signed > 0 else Side.CREDIT,
            minor=abs(signed),
            site=batch.site,
            category=category,
            reason=reason,
            memo=f"{what} {batch.batch_id} {batch.date.isoformat()} · {category} · {name}",
            dimensions=self.setup.dimensions(self.facts.connection, batch.site),
        )

    def _warn_if_late(self, batch: Batch) -> None:
        prior = self.facts.counts[batch.site].prior_export
        if prior is None or batch.date > prior:
            return
        self.outcome.problems.append(
            Problem(
                level=Level.WARNING,
                code="late_production",
                message=f"Batch {batch.batch_id} of {batch.date.isoformat()} came in after the count of {prior} of "
                f"{self.setup.sites[batch.site].name} was exported, and goes with this one.",
                fix="Say yes to post it with this entry.",
                where=Where(site=batch.site, batch=batch.batch_id, connection=self.facts.connection),
            )
        )


def settle_values(batch: Batch) -> tuple[list[tuple[str, int]], int, str]:
    """Return the outputs with their values, the variance (inputs minus outputs), and the produced category.

    An output without a value takes the sum of the inputs. A difference of at most one minor unit per input row goes
    to the largest output; a larger one is the variance.
    """
    inputs = sum(value for _, value in batch.inputs)
    outputs = [(category, inputs if value is None else value) for category, value in batch.outputs]
    largest = max(range(len(outputs)), key=lambda index: outputs[index][1])
    produced, value = outputs[largest]
    variance = inputs - sum(value for _, value in outputs)
    if abs(variance) <= len(batch.inputs) and value + variance >= 0:
        outputs[largest] = (produced, value + variance)
        variance = 0
    return outputs, variance, produced
