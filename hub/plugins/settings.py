"""From what a person typed to a connector's settings or secrets, with problems that never repeat what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hub.api import Level, Problem
from hub.plugins.calls import printable, reading
from hub.plugins.errors import ContractBroken, SecretsInvalid, SettingsInvalid
from hub.plugins.origin import Origin

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

LONGEST_NAME = 80  # characters
LONGEST_TEXT = 300  # characters of what a plugin wrote
NOT_ACCEPTABLE = "is not acceptable"
SHORTEST_SECRET = 4  # characters: shorter values are in any sentence by chance

_WRONG = {
    "missing": "is needed",
    "extra_forbidden": "is not known here",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "decimal_parsing": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} characters",  # of a secret
    "too_long": "must have at most {max_length} characters",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "date_from_datetime_parsing": "must be a date such as 2026-10-31",
    "date_parsing": "must be a date such as 2026-10-31",
}


def settings_from(model: type[BaseModel], values: Mapping[str, object], origin: Origin) -> BaseModel:
    """Return a connector's settings from texts, or from values of JSON; raises SettingsInvalid."""
    outcome = _read(model, values, origin, "settings")
    if isinstance(outcome, list):
        raise SettingsInvalid(tuple(_wrong(name, sentence) for name, sentence in outcome))
    return outcome


def secrets_from(model: type[BaseModel], values: Mapping[str, str], origin: Origin) -> BaseModel:
    """Return what a person typed into a sign-in's fields as its model; raises SecretsInvalid."""
    outcome = _read(model, values, origin, "fields")
    if isinstance(outcome, list):
        raise SecretsInvalid(dict(reversed(outcome)))
    return outcome


def _read(
    model: type[BaseModel], values: Mapping[str, object], origin: Origin, what: str
) -> BaseModel | list[tuple[str, str]]:
    """Return an instance of a model, else what is wrong with which field."""
    known = {name: value for name, value in values.items() if name in model.model_fields}
    outcome = outcome_of(model, known, origin, what)
    wrong = [*_unknown(model, values, what)]
    if isinstance(outcome, list):
        wrong += [_told(details, values) for details in outcome]
    if wrong:
        return wrong
    if type(outcome) is not model:
        raise ContractBroken(
            f"The plugin {origin} broke the contract: its {what} are of another class.", code="contract_broken"
        )
    return outcome


def outcome_of(
    model: type[BaseModel], values: Mapping[str, object], origin: Origin, what: str = "settings"
) -> BaseModel | list[ErrorDetails]:
    """Return an instance of a model, else pydantic's details of what is wrong, without what was given."""
    return reading(origin, what, lambda: _validated(model, values))


def _validated(model: type[BaseModel], values: Mapping[str, object]) -> BaseModel | list[ErrorDetails]:
    from pydantic import ValidationError

    try:
        if _all_text(values):
            return model.model_validate_strings(values)
        return model.model_validate(values)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)


def _all_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, Mapping) and all(_all_text(each) for each in value.values()))


def _unknown(model: type[BaseModel], values: Mapping[str, object], what: str) -> Iterator[tuple[str, str]]:
    known = ", ".join(model.model_fields) or "it has none"
    for name in sorted(values.keys() - model.model_fields.keys()):
        yield name, f"is not one of this connector's {what}: {known}"


def _told(details: ErrorDetails, values: Mapping[str, object]) -> tuple[str, str]:
    name = ".".join(str(part) for part in details["loc"])
    if details["type"] in _WRONG:
        return name, _filled(_WRONG[details["type"]], details.get("ctx", {}))
    text = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    return name, f"{NOT_ACCEPTABLE}: {printable(without_values(text, values), LONGEST_TEXT)}"


def _filled(sentence: str, context: Mapping[str, object]) -> str:
    try:
        return sentence.format_map(context)
    except KeyError:  # a plugin's own error under a name of pydantic's
        return NOT_ACCEPTABLE


def without_values(text: str, values: Mapping[str, object]) -> str:
    """Return what a plugin wrote, with an ellipsis for each value that was given, since any of them may be a secret."""
    given = {part for leaf in _leaves(values) for part in (str(leaf).strip(), *str(leaf).split())}
    for value in sorted(given, key=len, reverse=True):
        if len(value) >= SHORTEST_SECRET:
            text = re.sub(re.escape(value), "…", text, flags=re.IGNORECASE)
    return text


def typed(secrets: BaseModel) -> Mapping[str, str]:
    """Return what a model of secrets holds, as plain texts."""
    from pydantic import SecretStr

    held = {name: getattr(secrets, name) for name in type(secrets).model_fields}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in held.items()
    }


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for member in value.values():
            yield from _leaves(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def _wrong(name: str, sentence: str) -> Problem:
    about = f"The setting {printable(name, LONGEST_NAME)}" if name else "The combination of settings"
    return Problem(
        level=Level.PROBLEM,
        code="setting_invalid",
        message=f"{about} {sentence}.",
        fix="Correct it in the connection's settings.",
    )
