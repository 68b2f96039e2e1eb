"""The figures that ACCOUNTING.md works through, from CSV files through the command line to the journal's file."""

import csv
from decimal import Decimal
from pathlib import Path

from tests.cli.shell import OCTOBER, PRODUCTION, Shell, lines

REVERSAL = [
    "Dr 5010 COGS Meat 4812.37 Meat (reverse_prior)",
    "Cr 1310 Food Inventory 4812.37 Meat (reverse_prior)",
    "Dr 5020 COGS Produce 1204.10 Produce (reverse_prior)",
    "Cr 1310 Food Inventory 1204.10 Produce (reverse_prior)",
    "Dr 5100 COGS Liquor 9650.00 Liquor (reverse_prior)",
    "Cr 1340 Liquor Inventory 9650.00 Liquor (reverse_prior)",
    "Dr 1310 Food Inventory 5120.05 Meat (current)",
    "Cr 5010 COGS Meat 5120.05 Meat (current)",
    "Dr 1310 Food Inventory 988.40 Produce (current)",
    "Cr 5020 COGS Produce 988.40 Produce (current)",
    "Dr 1340 Liquor Inventory 9650.00 Liquor (current)",
    "Cr 5100 COGS Liquor 9650.00 Liquor (current)",
]
NET_CHANGE = [
    "Dr 1310 Food Inventory 307.68 Meat (net_change)",
    "Cr 5010 COGS Meat 307.68 Meat (net_change)",
    "Dr 5020 COGS Produce 215.70 Produce (net_change)",
    "Cr 1310 Food Inventory 215.70 Produce (net_change)",
]
BATCH = [
    "Dr 5030 COGS Prep 95.00 Prep (production)",
    "Dr 5900 Production Variance 5.00 Prep (production_variance)",
    "Cr 5010 COGS Meat 80.00 Meat (production)",
    "Cr 5020 COGS Produce 20.00 Produce (production)",
]


def in_file(file: Path) -> list[str]:
    """A generic file's lines: Dr 5010 COGS Meat 4812.37 Meat."""
    with file.open(encoding="utf-8", newline="") as text:
        return [
            f"{'Dr' if row['debit'] else 'Cr'} {row['account_number']} {row['account_name']} "
            f"{row['debit'] or row['credit']} {row['category']}"
            for row in csv.DictReader(text)
        ]


def without_reason(shown: list[str]) -> list[str]:
    return [line.rsplit(" (", 1)[0] for line in shown]


def exported(company: Shell) -> list[str]:
    """Export the October count and return the one file's lines."""
    made = company.json("export --count 2026-10-31 --out journals")
    assert made["state"] == "FILE_READY"
    (file,) = (company.folder / "journals").iterdir()
    assert made["postings"][0]["reference"] in file.name
    return in_file(file)


def test_reversal_and_new_value_is_posted_to_the_cent(company: Shell) -> None:
    company.imports("counts", OCTOBER)
    shown = company.json("preview --count 2026-10-31")
    assert lines(shown) == REVERSAL
    assert (shown["debits"], shown["credits"], shown["balanced"]) == ("31424.92", "31424.92", True)
    assert shown["problems"] == []
    assert exported(company) == without_reason(REVERSAL)


def test_net_change_is_posted_to_the_cent(company: Shell) -> None:
    company.imports("counts", OCTOBER)
    company.done("company set ACME method=net_change")
    shown = company.json("preview --count 2026-10-31")
    assert lines(shown) == NET_CHANGE
    assert (shown["debits"], shown["credits"]) == ("523.38", "523.38")
    assert exported(company) == without_reason(NET_CHANGE)


def test_a_batch_with_a_difference_goes_to_the_production_variance_account(company: Shell) -> None:
    company.imports("counts", OCTOBER)
    company.imports("production", PRODUCTION)
    blocked = company.json("preview --count 2026-10-31")
    assert [problem["code"] for problem in blocked["problems"]] == ["no_variance_account"]
    assert company.run("export --count 2026-10-31").code == 1
    company.done("company set ACME production_variance=5900")
    shown = company.json("preview --count 2026-10-31")
    assert lines(shown) == [*REVERSAL, *BATCH]
    assert Decimal(shown["debits"]) == Decimal("31424.92") + 100
    assert exported(company) == without_reason([*REVERSAL, *BATCH])


def test_the_second_month_reverses_what_the_first_one_posted(company: Shell) -> None:
    company.imports("counts", OCTOBER)
    export = company.json("export --count 2026-10-31")["export"]
    company.done(f"confirm {export}")
    company.imports("counts", OCTOBER.replace("2026-10-31", "2026-11-30").replace("5120.05", "5000.00"))
    shown = company.json("preview --count 2026-11-30")
    assert lines(shown)[:2] == [
        "Dr 5010 COGS Meat 5120.05 Meat (reverse_prior)",
        "Cr 1310 Food Inventory 5120.05 Meat (reverse_prior)",
    ]
    assert "Dr 1310 Food Inventory 5000.00 Meat (current)" in lines(shown)
