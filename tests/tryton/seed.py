"""Fills a Tryton database with the demo company's books; it runs in Tryton's own environment, as a process of its own.

    python seed.py CONFIGURATION DATABASE CHART

CHART: a CSV file with number, name, kind and active. Prints as JSON what a connection needs to know. Nothing of the hub or of
its connector is imported here, and nothing here is imported by them.
"""

import csv
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from proteus import Model, config

COMPANY = "Larkspur Table Group"
YEARS = range(2026, 2029)
JOURNAL = "INV"
KINDS = {
    "asset": ("Assets", {"statement": "balance", "assets": True}),
    "liability": ("Liabilities", {"statement": "balance", "debt": True}),
    "equity": ("Equity", {"statement": "balance"}),
    "income": ("Income", {"statement": "income", "revenue": True}),
    "cogs": ("Cost of Sales", {"statement": "income", "expense": True}),
    "expense": ("Expenses", {"statement": "income", "expense": True}),
}
LEVEL = ":"


def main(configuration: str, database: str, chart: str) -> None:
    """Make the company, its chart, years and journal, and a user with a key."""
    config.set_trytond(database, config_file=configuration)
    unchecked()
    company = add_company()
    unchecked(company=company.id)
    add_chart(company, Path(chart))
    for year in YEARS:
        add_year(company, year)
    Model.get("account.journal")(name="Inventory", code=JOURNAL, type="general").save()
    keys = {
        "key": add_user(company, "inventory-hub", "Accounting"),
        "accountant_key": add_user(company, "accountant", "Accounting Administration"),
    }
    told = {"company": company.id, "journal": JOURNAL, **keys}
    sys.stdout.write(json.dumps(told))


def unchecked(**context: int) -> None:
    """Work from here on without the rights that an administrator would have to be given first."""
    config.get_config().set_context(_check_access=False, **context)


def add_company() -> Model:
    """Make the company, whose books are in US dollars."""
    currency = Model.get("currency.currency")(
        name="US Dollar", symbol="$", code="USD", numeric_code="840", digits=2, rounding=Decimal("0.01")
    )
    currency.save()
    party = Model.get("party.party")(name=COMPANY)
    party.save()
    company = Model.get("company.company")(party=party, currency=currency)
    company.save()
    return company


def add_chart(company: Model, chart: Path) -> None:
    """Make each account of the chart, below the one whose name is the beginning of its own, as the chart says it."""
    types = {}
    for kind, (name, flags) in KINDS.items():
        types[kind] = Model.get("account.account.type")(name=name, company=company, **flags)
        types[kind].save()
    made = {}
    with chart.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            above, _, name = row["name"].rpartition(LEVEL)
            account = Model.get("account.account")(name=name, code=row["number"], company=company)
            account.parent = made.get(above)
            account.type = types[row["kind"]]
            account.closed = row["active"] != "yes"
            account.save()
            made[row["name"]] = account


def add_year(company: Model, year: int) -> None:
    """Make a fiscal year with its twelve periods, and the sequence that numbers its moves."""
    (kind,) = Model.get("ir.sequence.type").find([("name", "=", "Account Move")], limit=1)
    sequence = Model.get("ir.sequence.strict")(name=f"Moves {year}", sequence_type=kind, company=company)
    sequence.prefix = f"{year}/"
    sequence.save()
    fiscal = Model.get("account.fiscalyear")(name=str(year), company=company, move_sequence=sequence)
    fiscal.start_date, fiscal.end_date = date(year, 1, 1), date(year, 12, 31)
    fiscal.save()
    fiscal.click("create_period")


def add_user(company: Model, name: str, *groups: str) -> str:
    """Make a user of these groups, and return the key of its application."""
    user = Model.get("res.user")(name=name, login=name)
    user.groups.extend(Model.get("res.group").find([("name", "in", groups)]))
    user.companies.append(Model.get("company.company")(company.id))
    user.company = company
    user.save()
    application = Model.get("res.user.application")(user=user, application="rest")
    application.save()
    return application.key


if __name__ == "__main__":
    main(*sys.argv[1:])
