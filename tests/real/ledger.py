"""An independent ledger: the generic files as text for Beancount, which adds up and complains by its own rules."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from beancount import loader
from beancount.core.data import Posting, Transaction

OPENING = "Equity:Opening"


class Ledger:
    """Journals one after another, and what the asset accounts must carry in between."""

    def __init__(self, kinds: Mapping[str, str], opened: date) -> None:
        """kinds: `asset` or another for each account, by its number, or name where it has none."""
        self._accounts = {
            title: f"{'Assets' if kind == 'asset' else 'Expenses'}:A{number}-{re.sub('[^A-Za-z0-9]+', '-', title)}"
            for number, (title, kind) in enumerate(kinds.items())
        }
        self._assets = [title for title, kind in kinds.items() if kind == "asset"]
        accounts = [OPENING, *self._accounts.values()]
        self._text = [f"{opened} open {account} USD" for account in accounts]

    def carries(self, day: date, values: Mapping[str, Decimal]) -> None:
        """Write what the books carried before the hub, out of equity."""
        for title, value in values.items():
            self._text += [
                f'{day} * "opening"',
                f"  {self._accounts[title]}  {value} USD",
                f"  {OPENING}  {-value} USD",
            ]

    def add(self, files: Sequence[bytes]) -> None:
        """Write the journals of generic files, each row as it stands."""
        for file in files:
            rows = list(csv.DictReader(io.StringIO(file.decode(), newline="")))
            entries = {(row["entry"], row["date"], row["reference"]): None for row in rows}
            for entry in entries:
                own = [row for row in rows if (row["entry"], row["date"], row["reference"]) == entry]
                self._text.append(f'{entry[1]} * "{entry[2]}"')
                self._text += [self._posting(row) for row in own]

    def must_carry(self, day: date, values: Mapping[str, Decimal]) -> None:
        """Have the ledger check every asset account's balance at the end of a day, to the cent and without tolerance."""
        for title in self._assets:
            value = values.get(title, Decimal("0.00"))
            self._text.append(f"{day + timedelta(days=1)} balance {self._accounts[title]}  {value} ~ 0.00 USD")

    def complaints(self) -> list[str]:
        """Return what Beancount finds wrong."""
        _, errors, _ = loader.load_string("\n".join(self._text))
        return [error.message for error in errors]

    def balances(self) -> dict[str, Decimal]:
        """Return each account's balance, as Beancount read it; debit positive."""
        entries, _, _ = loader.load_string("\n".join(self._text))
        titles = {account: title for title, account in self._accounts.items()}
        found: dict[str, Decimal] = {}
        for entry in entries:
            for posting in entry.postings if isinstance(entry, Transaction) else ():
                title = titles.get(posting.account, posting.account)
                found[title] = found.get(title, Decimal(0)) + _number(posting)
        return found

    def sums(self) -> list[Decimal]:
        """Return what each entry's postings add up to, as Beancount read them."""
        entries, _, _ = loader.load_string("\n".join(self._text))
        return [
            sum((_number(posting) for posting in entry.postings), Decimal(0))
            for entry in entries
            if isinstance(entry, Transaction)
        ]

    def _posting(self, row: Mapping[str, str]) -> str:
        account = self._accounts[row["account_number"] or row["account_name"]]
        return f"  {account}  {row['debit'] or '-' + row['credit']} USD"


def _number(posting: Posting) -> Decimal:
    assert posting.units is not None
    assert posting.units.number is not None
    return posting.units.number
