"""Secrets that a person types in: checked, sealed as a whole, tried, and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from hub.api import ClientAssertion, ConnectorError, Level, Problem, SecretFields, SignIn
from hub.plugins import SecretsInvalid
from hub.service.connecting.books_there import opened
from hub.service.connecting.linking import TYPE_IN, Came, connect
from hub.service.connecting.trying import trouble_of
from hub.service.connections import OpenBooks
from hub.service.context import Hub, Refused, problem_document, refuse
from hub.store import Row

if TYPE_CHECKING:
    from pydantic import BaseModel

LONGEST = 20_000  # characters of one field
STAYS = "What was stored before stays, and nothing was changed."

Schema = Mapping[str, Any]  # Any: JSON Schema, as pydantic writes it


class FieldsRefused(Refused):
    """What was typed in is not what is asked for; fields: what is wrong with each, as a sentence without any value."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        told = (Problem(level=Level.PROBLEM, code="secret_invalid", message=each) for each in fields.values())
        super().__init__(list(told))
        self.fields = fields


def asks_secrets(way: SignIn) -> TypeGuard[SecretFields | ClientAssertion]:
    """Whether a person signs in by typing secrets in."""
    return isinstance(way, SecretFields | ClientAssertion)


def secrets_asked(hub: Hub, company: str, connection: str) -> Schema:
    """Return what a connection asks to type in, as the JSON Schema of its fields; empty where it asks for nothing."""
    books, _ = opened(hub, company, connection)
    way, _ = books.asked()
    return _model(way).model_json_schema() if asks_secrets(way) else {}


def type_in(
    hub: Hub, company: str, connection: str, fields: Mapping[str, str], *, company_id: str = ""
) -> dict[str, Any]:
    """Store what a person typed in, in place of all that was stored, and try it; answers as sign_in_with does.

    problems: why the accounting system could not be asked or does not let the hub in. A connection that belongs to no company
    yet keeps what was typed in all the same; one that does is changed only where it reaches that company.
    Raises FieldsRefused, and Refused.
    """
    books, row = opened(hub, company, connection)
    way, place = books.asked()
    if not asks_secrets(way):
        raise refuse("no_secrets", f"{books.label} asks for no secrets to be typed in.")
    given = {name: text.strip() for name, text in fields.items() if text.strip()}
    _check(books, way, given)
    came = Came(connection=connection, token_url=place, own=given, company_id=company_id, action=TYPE_IN)
    problems: list[Problem] = []

    def untried(tried: OpenBooks, of: Row, error: ConnectorError) -> None:
        problems.append(trouble_of(tried, of, error))

    try:
        told = connect(hub, company, came, untried=untried if row["chosen_at"] is None else None)
    except ConnectorError as error:
        stays = Problem(level=Level.NOTE, code="secrets_stay", message=STAYS)
        raise Refused([trouble_of(books, row, error), stays]) from error
    return {**told, "problems": [problem_document(problem) for problem in problems]}


def type_line_in(hub: Hub, company: str, connection: str, line: Mapping[str, str]) -> dict[str, Any]:
    """Store those of some texts that a connection asks for, such as what a stand-in prints."""
    books, _ = opened(hub, company, connection)
    way, _ = books.asked()
    names = _model(way).model_fields if asks_secrets(way) else {}
    fields = {name: text for name, text in line.items() if name in names}
    return type_in(hub, company, connection, fields, company_id=line.get("company_id", ""))


def _check(books: OpenBooks, way: SecretFields | ClientAssertion, given: Mapping[str, str]) -> None:
    wrong = {name: f"must have at most {LONGEST:,} characters" for name, text in given.items() if len(text) > LONGEST}
    if not wrong:
        try:
            typed = books.connector.secrets_from(_model(way), given)
            wrong = _unfit(way, typed) if isinstance(way, ClientAssertion) else {}
        except SecretsInvalid as error:
            wrong = dict(error.fields)
    if wrong:
        titles = _titles(way)
        raise FieldsRefused(
            {name: f"{titles.get(name, name or 'The combination')} {each}." for name, each in wrong.items()}
        )


def _unfit(way: ClientAssertion, typed: BaseModel) -> dict[str, str]:
    from hub.plugins.sign_in.assertion import KeyFields, KeyUnfit, signing_key

    assert isinstance(typed, KeyFields)
    try:
        signing_key(way, typed)
    except KeyUnfit as error:
        return {"private_key": str(error)}
    return {}


def _model(way: SecretFields | ClientAssertion) -> type[BaseModel]:
    if isinstance(way, SecretFields):
        return way.model
    from hub.plugins.sign_in.assertion import KeyFields

    return KeyFields


def _titles(way: SecretFields | ClientAssertion) -> dict[str, str]:
    """Return the fields' names as people read them."""
    return {name: each.title or name.replace("_", " ").capitalize() for name, each in _model(way).model_fields.items()}
