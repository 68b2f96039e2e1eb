"""Companies, connections and settings on the command line."""

import pytest

from tests.cli.shell import Shell


def test_a_company_is_added_shown_and_listed(shell: Shell) -> None:
    assert "Added ACME" in shell.done("company add ACME --name 'Acme Restaurants' --currency USD").out
    assert shell.json("company list") == [{"code": "ACME", "name": "Acme Restaurants", "currency": "USD"}]
    assert "Acme Restaurants" in shell.done("company list").out
    assert shell.json("company show ACME")["method"] == "reversal"


def test_settings_are_changed_together_or_not_at_all(shell: Shell) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    assert shell.json("company set ACME method=net_change go_live=2026-01-01")["method"] == "net_change"
    refused = shell.run("company set ACME transfers=off method=sideways --json")
    assert refused.code == 1
    assert [problem["code"] for problem in refused.json["problems"]] == ["setting_invalid"]
    shown = shell.json("company show ACME")
    assert (shown["method"], shown["transfers"], shown["go_live"]) == ("net_change", "with_adjustments", "2026-01-01")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("company add ACME --name Again --currency USD", "company_exists"),
        ("company add 'A B' --name Acme --currency USD", "code_invalid"),
        ("company add B --name Acme --currency DOLLAR", "currency_unknown"),
        ("company show NOBODY", "not_found"),
        ("connections add --connector nothing --name books", "connector_missing"),
    ],
)
def test_what_a_person_can_put_right_ends_with_1_and_is_said(shell: Shell, line: str, code: str) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    refused = shell.run(f"{line} --json")
    assert (refused.code, [problem["code"] for problem in refused.json["problems"]]) == (1, [code])
    assert set(refused.json["problems"][0]) == {"level", "blocking", "code", "message", "fix", "where"}
    said = shell.run(line)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Problem: ")
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "line",
    [
        "company add ACME",
        "company set ACME method",
        "company set ACME method=reversal method=net_change",
        "connections add --connector csv_iif --name books --set layout=@missing-file",
        "preview --count 31/10/2026",
        "report",
        "import nothing file.csv",
        "import counts",
        "nonsense",
    ],
)
def test_a_wrong_call_ends_with_2(shell: Shell, line: str) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    answer = shell.run(line)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


def test_a_setting_is_read_from_a_file(shell: Shell) -> None:
    shell.done("company add ACME --name Acme --currency USD")
    file = shell.file("journal.txt", "generic\n")
    shell.done(f"connections add --connector csv_iif --name books --set layout=@{file}")
    (connection,) = shell.json("connections list")
    assert (connection["name"], connection["connector"]) == ("books", "csv_iif")
    assert connection["settings"] == {"layout": "generic"}
    assert connection["label"] in shell.done("connections list").out


def test_the_company_may_be_left_out_where_there_is_one_or_it_is_in_the_environment(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no company yet" in shell.run("connections list").err
    shell.done("company add ACME --name Acme --currency USD")
    assert shell.json("connections list") == []
    shell.done("company add BETA --name Beta --currency USD")
    several = shell.run("connections list")
    assert several.code == 2
    assert "ACME, BETA" in several.err
    monkeypatch.setenv("HUB_COMPANY", "BETA")
    assert shell.json("connections list") == []
    assert shell.json("connections list --company ACME") == []


def test_a_name_cannot_colour_the_screen_or_move_the_cursor(shell: Shell) -> None:
    shell.done("company add ACME --name '[red]Acme[/red]' --currency USD")
    assert "[red]Acme[/red]" in shell.done("company list").out
    assert shell.json("company list")[0]["name"] == "[red]Acme[/red]"
    shell.done("company add BELL --name 'Be\x1b[2Jll\x07' --currency USD")
    shown = shell.done("company list").out
    assert "\x1b" not in shown
    assert "Be\ufffd[2Jll\ufffd" in shown


def test_plugins_are_listed_with_what_they_bring(shell: Shell) -> None:
    found = shell.json("plugins")
    assert set(found) == {"installed", "broken", "blocked"}
    assert "csv_iif" in [plugin["connector"] for plugin in found["installed"]]
    assert "csv_iif" in shell.done("plugins").out
