"""Who may ask for what: generated from the table of operations, for every kind of token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from hub.demo.loading import COMPANY
from hub.domain.access import Scope
from hub.service.exporting import exports
from hub.service.signing_in import TRIES_OF_ADDRESS
from hub.service.tokens import add_token, revoke_token
from hub.web.api.operations import DOCUMENT, Operation, load_operations
from tests.web.api.conftest import API, Program
from tests.web.conftest import ADDRESS, OTHER, Site

OPERATIONS = load_operations()
SCOPES = {
    ("POST", "/companies/{code}/imports/{kind}"): Scope.IMPORT,
    ("GET", "/companies/{code}/counts"): Scope.READ,
    ("GET", "/companies/{code}/preview"): Scope.READ,
    ("GET", "/companies/{code}/exports"): Scope.READ,
    ("POST", "/companies/{code}/exports"): Scope.EXPORT,
    ("GET", "/companies/{code}/exports/{export}"): Scope.READ,
    ("GET", "/companies/{code}/exports/{export}/files/{name}"): Scope.READ,
    ("POST", "/companies/{code}/exports/{export}/undo"): Scope.EXPORT,
    ("POST", "/companies/{code}/exports/{export}/confirm"): Scope.EXPORT,
}
"""What each route takes, written down once more: a route that is not here, or takes something else, fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The demo company with a token of each kind; export, file: its newest export, and the reference of its journal."""

    site: Site
    client: TestClient
    export: str
    file: str
    scoped: dict[frozenset[Scope], str]
    elsewhere: dict[frozenset[Scope], str]
    bad: dict[str, str]

    def address(self, operation: Operation, company: str = COMPANY) -> str:
        return operation.address.format(code=company, kind="counts", export=self.export, name=self.file)

    def ask(self, operation: Operation, token: str = "", company: str = COMPANY, **headers: str) -> Response:
        """Ask for an operation with a token, and with nothing in its body."""
        sent = {"authorization": f"Bearer {token}", **headers} if token else headers
        coded = {name: value.encode() for name, value in sent.items()}
        return self.client.request(operation.method, self.address(operation, company), headers=coded)


@pytest.fixture(scope="module")
def tokens(office: Site) -> Iterator[Tokens]:
    """A token of each kind, made once for the whole matrix."""
    site = office
    every = [frozenset(chosen) for size in (1, 2, 3) for chosen in combinations(Scope, size)]
    bad = {"revoked": add_token(site.hub, COMPANY, "revoked", list(Scope))}
    revoke_token(site.hub, COMPANY, "revoked")
    bad["expired"] = add_token(site.hub, COMPANY, "expired", list(Scope), date(2026, 11, 2))
    site.later(days=2)
    newest = exports(site.hub, COMPANY)[0]
    with TestClient(site.app, base_url=ADDRESS, client=("192.0.2.1", 1)) as client:
        yield Tokens(
            site=site,
            client=client,
            export=newest["export"],
            file=newest["postings"][0]["reference"],
            scoped={scopes: add_token(site.hub, COMPANY, " ".join(sorted(scopes)), scopes) for scopes in every},
            elsewhere={scopes: add_token(site.hub, OTHER, " ".join(sorted(scopes)), scopes) for scopes in every},
            bad={**bad, "wrong": "hub_" + "x" * 43, "of other characters": "é"},
        )


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def told(answer: Response) -> tuple[object, ...]:
    """All that is told by an answer, but the number of the request."""
    return answer.status_code, {**answer.json(), "instance": ""}, answer.headers.get("www-authenticate")


def test_every_route_of_the_api_is_in_the_table_with_its_scope() -> None:
    assert {(each.method, each.path): each.scope for each in OPERATIONS} == SCOPES


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_without_a_good_token_nothing_is_told(operation: Operation, tokens: Tokens) -> None:
    answers = [tokens.ask(operation, token) for token in tokens.bad.values()]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert all(told(answer) == told(answers[0]) for answer in answers)
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]
    for sent in ("", "Basic YTpi", "Bearer", "Bearer ", next(iter(tokens.scoped.values()))):
        answer = tokens.ask(operation, authorization=sent)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="Inventory Hub"')


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_a_token_of_another_company_learns_no_more_than_of_one_that_does_not_exist(
    operation: Operation, tokens: Tokens
) -> None:
    for token in tokens.elsewhere.values():
        elsewhere, nowhere = tokens.ask(operation, token), tokens.ask(operation, token, "NOWHERE")
        assert elsewhere.status_code == 404
        assert told(elsewhere) == told(nowhere)


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_a_token_is_let_in_by_its_scope_and_no_other(operation: Operation, tokens: Tokens) -> None:
    for scopes, token in tokens.scoped.items():
        answer = tokens.ask(operation, token)
        if operation.scope in scopes:
            assert answer.status_code in (200, 202, 409, 415), answer.text
        else:
            assert answer.status_code == 403
            assert f'scope="{operation.scope}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_who_is_signed_in_as_a_person_is_nobody_to_the_api(operation: Operation, tokens: Tokens) -> None:
    visitor = tokens.site.visitor("support")
    assert visitor.client.request(operation.method, tokens.address(operation)).status_code == 401


def test_exports_of_another_company_are_not_there(site: Site) -> None:
    code = exports(site.hub, COMPANY)[0]["export"]
    mine = Program(site, company=OTHER).client
    for address in (code, f"{code}/files/x"):
        assert mine.get(f"/api/v1/companies/{OTHER}/exports/{address}").status_code == 404
    for address in (f"{code}/undo", f"{code}/confirm"):
        assert mine.post(f"/api/v1/companies/{OTHER}/exports/{address}").status_code == 404
    assert exports(site.hub, COMPANY)[0]["state"] == "POSTED"


def test_the_document_is_for_who_is_signed_in_or_has_a_token(site: Site, program: Program) -> None:
    assert site.visitor().client.get(DOCUMENT).status_code == 401
    assert site.visitor("viewer").client.get(DOCUMENT).status_code == 200
    assert program.client.get(DOCUMENT).status_code == 200
    assert program.client.get(DOCUMENT, headers={"authorization": "Bearer hub_x"}).status_code == 401


def test_what_is_under_the_api_and_no_route_is_a_problem_document(program: Program) -> None:
    for method, address, status in (
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/companies", 404),
        ("DELETE", "/api/v1/companies/DEMO/exports", 405),
        ("PUT", "/api/v1/companies/DEMO/counts", 405),
    ):
        answer = program.client.request(method, address)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert re.fullmatch("[0-9a-f]{16}", answer.json()["instance"])
    assert set(program.client.delete("/api/v1/companies/DEMO/exports").headers["allow"].split(", ")) == {
        "GET", "HEAD", "POST",
    }  # fmt: skip


def test_too_many_wrong_tokens_of_one_address_have_to_wait_and_a_good_one_has_not(site: Site, program: Program) -> None:
    wrong = {"authorization": "Bearer hub_wrong"}
    statuses = [program.client.get(f"{API}/counts", headers=wrong).status_code for _ in range(TRIES_OF_ADDRESS)]
    assert set(statuses) == {401}
    answer = program.client.get(f"{API}/counts", headers=wrong)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
    program.get("/counts")
