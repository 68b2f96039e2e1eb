"""Tokens made, listed and revoked on the command line."""

from __future__ import annotations

from tests.cli.shell import Shell


def test_a_token_is_made_listed_and_revoked(shell: Shell) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    assert "There is no token yet." in shell.done("tokens list").out
    made = shell.json("tokens add 'Month end' --scope read --scope export --expires 2099-12-31")
    assert made["token"].startswith("hub_")
    (listed,) = shell.json("tokens list")
    assert (listed["name"], listed["scopes"], listed["state"]) == ("Month end", ["export", "read"], "good")
    assert listed["last_day"] == "2099-12-31"
    shown = shell.done("tokens list").out
    assert made["token"][:8] in shown
    assert made["token"] not in shown
    shell.done("tokens revoke 'Month end'")
    assert shell.json("tokens list")[0]["state"] == "revoked"
    assert [each["action"] for each in shell.json("audit list")][:2] == ["revoke token", "add token"]


def test_a_token_that_cannot_be_is_refused(shell: Shell) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    assert shell.run("tokens add app --scope everything").code == 2
    assert shell.run("tokens add app").code == 2
    assert shell.run("tokens add app --scope read --expires soon").code == 2
    assert shell.run("tokens add app --scope read --expires 2020-01-01").code == 1
    assert shell.run("tokens revoke app").code == 1
    assert shell.json("tokens list") == []
