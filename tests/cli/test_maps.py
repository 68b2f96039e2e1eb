"""GL Account Maps on the command line: suggested, checked, copied, and as files that come in again without a change."""

from __future__ import annotations

from typing import Any

from tests.cli.shell import FILES, Shell


def take(shell: Shell, kind: str, content: str, company: str) -> Any:
    """Import a file's content into one of several companies."""
    return shell.json(f"import {kind} {shell.file(f'{kind}.csv', content)} --company {company}")


def next_company(shell: Shell) -> None:
    """Add a second company with a connection through the same connector."""
    shell.done("company add NEXT --name 'Next Restaurants' --currency USD")
    shell.done("connections add --company NEXT --connector csv_iif --name ledger --set layout=generic")


def test_maps_go_from_one_company_to_the_next_and_are_checked(company: Shell) -> None:
    next_company(company)
    for kind in ("gl-accounts", "chart"):
        take(company, kind, FILES[kind], "NEXT")

    suggested = company.json("maps suggest --company NEXT")
    assert [each["gl_account"] for each in suggested] == ["1310", "1340", "5010", "5020", "5030", "5100", "5900"]
    assert suggested[0] == {
        "gl_account": "1310",
        "account_id": "",
        "account_number": "1310",
        "account_name": "Food Inventory",
        "sure": 99,
        "reason": "Same number 1310 and same name, both inventory assets.",
        "accepted": False,
    }
    shown = company.json("maps copy --company NEXT --from ACME")
    assert (len(shown["taken"]), shown["left_out"], shown["copied"]) == (7, [], 0)
    assert shown["taken"][0]["why"] == "The same number and name."
    assert company.json("maps copy --company NEXT --from ACME --yes")["copied"] == 7
    again = company.json("maps copy --company NEXT --from ACME --yes")
    assert (again["copied"], len(again["left_out"])) == (0, 7)

    checked = company.json("maps check --company NEXT")
    assert (checked["connection"], checked["remapping"], checked["problems"]) == ("ledger", [], [])
    take(company, "chart", "number,name,kind,active\n5100,COGS Liquor,cogs,no\n", "NEXT")
    found = company.json("maps check --company NEXT")
    assert [(each["gl_account"], each["trouble"], each["suggested"]) for each in found["remapping"]] == [
        ("5100", "inactive", None)
    ]
    assert "was made inactive" in company.done("maps check --company NEXT").out

    text = company.done("maps export account-map --company ACME").out
    assert text.splitlines()[0] == "gl_account,account_number,account_name,account_id,connection"
    assert take(company, "account-map", text, "ACME")["unchanged"] == 7


def test_what_is_sure_enough_is_accepted_together(company: Shell) -> None:
    next_company(company)
    take(company, "chart", FILES["chart"], "NEXT")
    take(company, "gl-accounts", "number,name,kind\n1,Liq. Inv,asset\n5010,COGS Poultry,cogs\n", "NEXT")
    taken = company.json("maps suggest --company NEXT --accept")
    assert [(each["gl_account"], each["sure"], each["accepted"]) for each in taken] == [
        ("1", 95, True),
        ("5010", 50, False),
    ]
    assert [each["gl_account"] for each in company.json("maps suggest --company NEXT")] == ["5010"]
    assert "Mapped: 0." in company.done("maps suggest --company NEXT --accept").out


def test_a_wrong_call_is_refused(company: Shell) -> None:
    assert company.run("maps export counts --company ACME").code == 2
    assert company.run("maps copy --from NOBODY --company ACME").code == 1
