"""What a connector tells about the books it reaches: companies, accounts and dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    """What an account is, in the words of the hub's own GL Accounts."""

    ASSET = "asset"
    COGS = "cogs"
    EXPENSE = "expense"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One set of books that a sign-in reaches: its own id there, its name, its base currency where it tells one."""

    id: str
    name: str
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of a chart, as its accounting system names it.

    id: the system's own id, empty where it has none; number: empty where accounts have no numbers;
    name: the full name with `:` between levels; kind: None where the system does not say.
    why_not_postable: a sentence where journals may not post to it, else empty.
    """

    id: str = ""
    number: str = ""
    name: str = ""
    kind: AccountKind | None = None
    active: bool = True
    why_not_postable: str = ""

    def __post_init__(self) -> None:
        if not (self.id or self.number or self.name):
            raise ValueError("an account needs an id, a number or a name")

    @property
    def title(self) -> str:
        """The number and name as people say them, such as `5010 COGS Meat`."""
        return f"{self.number} {self.name}".strip() or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionValue:
    """One value of a dimension: its id in the accounting system and the name people know."""

    id: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A class, department, location, tracking category or subsidiary that a line may carry.

    values: those that exist; None where the connector cannot know them and takes any text.
    """

    name: str
    label: str
    required: bool = False
    values: tuple[DimensionValue, ...] | None = None
