"""Words that must not be in the tree: accounting systems' names in the hub, addresses of this machine, secrets."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import texts

ACCOUNTING_SYSTEM = re.compile(
    r"quick ?books|xero(?!x)|netsuite|intacct|peachtree|tryton|suitetalk|suitescript|freshbooks|intuit(?!i)|oneoffice|"
    r"(?<![a-z])(?:sage|qbo|qbd|myob|odoo|wave accounting|zoho)(?![a-z])",
    re.IGNORECASE,
)
# Written so that this file does not find itself.
ADDRESS = re.compile(
    r"https?://(?!127\.0\.0\.1|localhost)[\w.-]*(?:py[p]i|python[h]osted|npm[j]s|de[b]ian)"
    r"|(?<![\w.])/(?:w[o]rk|f[a]rm|r[o]ot)/\w"
)
SECRET = re.compile(
    r"eyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE [K]EY|(?:AKIA|ghp_|xox[bp]-)[\w-]{16,}"
    r"|client_secret=(?!REDACTED|x+|\{|<|%|\()[^&\s\"']{8,}"
)


def lines_with(pattern: re.Pattern[str], path: Path, text: str) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)
    ]


def names_no_accounting_system(path: Path) -> bool:
    """Whether a file is one of the hub's, whose words for an accounting system come from its connector."""
    return path.is_relative_to("hub") and not path.is_relative_to("hub/demo")


def test_the_hub_names_no_accounting_system() -> None:
    found = [
        line
        for path, text in texts()
        if names_no_accounting_system(path)
        for line in lines_with(ACCOUNTING_SYSTEM, path, f"{path}\n{text}")
    ]
    assert found == []


def test_no_file_holds_a_registrys_address_or_a_path_of_one_machine() -> None:
    assert [line for path, text in texts() for line in lines_with(ADDRESS, path, text)] == []


def test_no_file_holds_a_secret() -> None:
    assert [line for path, text in texts() for line in lines_with(SECRET, path, text)] == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ACCOUNTING_SYSTEM, "# as QuickBooks has it"),
        (ACCOUNTING_SYSTEM, "class QuickbooksOnlineLine:"),
        (ACCOUNTING_SYSTEM, "SAGE_50 = 1"),
        (ACCOUNTING_SYSTEM, "from xero_api import x"),
        (ADDRESS, "index = https://" + "pypi.org/simple"),
        (ADDRESS, "open('/" + "work/shared/data')"),
        (SECRET, "-----BEGIN RSA PRIVATE " + "KEY-----"),
        (SECRET, "token = ghp_" + "a1" * 18),
    ],
)
def test_a_forbidden_word_is_found(pattern: re.Pattern[str], text: str) -> None:
    assert lines_with(pattern, Path("file"), text)


@pytest.mark.parametrize("text", ["the message", "usage", "intuitive", "a Xerox machine", "message.sagest"])
def test_an_innocent_word_is_not_taken_for_an_accounting_system(text: str) -> None:
    assert not lines_with(ACCOUNTING_SYSTEM, Path("file"), text)


def test_the_demo_company_may_name_accounting_systems_and_the_rest_of_the_hub_may_not() -> None:
    assert names_no_accounting_system(Path("hub/service/export.py"))
    assert not names_no_accounting_system(Path("hub/demo/company.py"))
    assert not names_no_accounting_system(Path("plugins/csv_iif/hub_csv_iif/connector.py"))
