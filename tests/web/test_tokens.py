"""The page of API tokens, and that a token is in no log."""

from __future__ import annotations

import re

from hub.demo.loading import COMPANY
from hub.service.auditing import listed
from hub.service.tokens import tokens
from tests.web.conftest import Site, Visitor, words
from tests.web.test_logs import Log, log

__all__ = ["log"]

AT = "/c/DEMO/tokens"
TOKEN = re.compile(r"hub_[\w-]{43}")
FIELDS = {"name": "Counting app", "scope": ["read", "import"], "expires": "2027-10-31"}


def made(visitor: Visitor, **changes: object) -> str:
    """Make a token on the page and return what the page shows, this once."""
    page = visitor.post(AT, {**FIELDS, **changes}, status=200)
    (shown,) = TOKEN.findall(page)
    return str(shown)


def test_a_token_is_made_shown_once_used_and_revoked(site: Site) -> None:
    visitor = site.visitor("administrator")
    assert "There is no token yet" in visitor.told(AT)
    token = made(visitor)
    told = visitor.told(AT)
    assert token not in visitor.get(AT)
    assert f"Counting app {token[:8]}… Read, Import Good to the end of 31 Oct 2027" in told
    assert "administrator never" in told
    program, header = site.visitor().client, {"authorization": f"Bearer {token}"}
    assert program.get("/api/v1/companies/DEMO/counts", headers=header).status_code == 200
    assert "never" not in visitor.told(AT)
    assert visitor.post(f"{AT}/revoke", {"name": "Counting app"}) == AT
    assert "The token Counting app is revoked." in visitor.told(AT)
    assert "Revoked 2 Nov 2026, 2:00 PM UTC, administrator" in visitor.told(AT)
    assert program.get("/api/v1/companies/DEMO/counts", headers=header).status_code == 401
    trail = [(each["actor"], each["action"], each["subject"]) for each in listed(site.hub, COMPANY, 2)]
    assert trail == [
        ("administrator", "revoke token", "Counting app"),
        ("administrator", "add token", "Counting app"),
    ]


def test_what_is_wrong_with_a_token_is_said_and_what_was_typed_stays(site: Site) -> None:
    visitor = site.visitor("administrator")
    for changes, sentence in (
        ({"name": ""}, "A token needs a name"),
        ({"scope": []}, "Choose at least one thing"),
        ({"scope": ["everything"]}, "Choose at least one thing"),
        ({"expires": "2026-11-01"}, "2026-11-01 is over already."),
        ({"expires": "soon"}, "The last day is a date"),
    ):
        page = visitor.post(AT, {**FIELDS, **changes}, status=422)
        assert sentence in words(page)
        assert changes.get("name") == "" or 'value="Counting app"' in page
        assert not TOKEN.search(page)
    assert tokens(site.hub, COMPANY) == []
    made(visitor)
    assert "There is, or was, a token" in words(visitor.post(AT, FIELDS, status=422))
    visitor.post(f"{AT}/revoke", {"name": "another"}, status=404)


def test_a_token_of_any_name_is_shown_as_text(site: Site) -> None:
    visitor = site.visitor("administrator")
    name = "<script>alert(1)</script> & “x”"
    made(visitor, name=name)
    assert name in visitor.told(AT)
    assert "<script>alert" not in visitor.get(AT)


def test_a_token_is_in_no_log_and_the_program_is_known_by_its_number(site: Site, log: Log) -> None:
    visitor = site.visitor("administrator")
    token = made(visitor)
    for sent in (token, token[:-1] + "x"):
        site.visitor().client.get(
            f"/api/v1/companies/DEMO/preview?count={sent}", headers={"authorization": f"Bearer {sent}"}
        )
    kept = log.text.getvalue()
    assert token[8:-1] not in kept
    answered = [line for line in log.lines if line["route"] == "/api/v1/companies/{code}/preview"]
    assert [(line["status"], line["program"], line["person"]) for line in answered] == [
        (422, 1, None),
        (401, None, None),
    ]


def test_a_token_is_hidden_wherever_it_would_be_logged(site: Site, log: Log) -> None:
    import logging

    token = made(site.visitor("administrator"))
    logging.getLogger("hub.test").warning("sent %s to (%s)", token, token, extra={"detail": [token]})
    assert token not in log.text.getvalue()
    assert log.text.getvalue().count("hub_[hidden]") == 3
