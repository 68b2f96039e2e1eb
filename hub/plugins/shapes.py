"""Whether a value from a plugin has exactly the types that the contract says, and sound content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from types import MappingProxyType, NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hub.plugins.calls import MOST_ITEMS
from hub.plugins.content import RULES
from hub.plugins.errors import ContractBroken
from hub.plugins.origin import Origin

MOST_TEXT = 4_000  # characters of one text
MOST_FLAWS = 3  # told at once

_WORDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    bytes: "bytes",
    Decimal: "a Decimal",
    date: "a date",
    NoneType: "None",
}
_NOTHING = object()
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")

TypeForm: TypeAlias = object  # a type, or an expression of types such as `Recorded | None`

Checked = TypeVar("Checked")


def checked(origin: Origin, method: str, value: object, kind: type[Checked]) -> Checked:
    """Return a value that is exactly of a contract type, all the way down; raises ContractBroken."""
    refuse(origin, flaws(value, kind, f"{method}()"))
    return cast(Checked, value)  # what flaws() has just made sure of


def checked_all(origin: Origin, method: str, values: object, kind: type[Checked]) -> tuple[Checked, ...]:
    """Return drained values of one contract type; raises ContractBroken."""
    refuse(origin, _flaws_of_all(values, kind, f"{method}()"))
    return cast("tuple[Checked, ...]", values)  # what _flaws_of_all() has just made sure of


def refuse(origin: Origin, found: Iterable[str]) -> None:
    """Raise ContractBroken where there is a flaw."""
    told = list(islice(found, MOST_FLAWS))
    if told:
        raise ContractBroken(f"The plugin {origin} broke the contract: {'; '.join(told)}.", code="contract_broken")


def flaws(value: object, kind: TypeForm, at: str) -> Iterator[str]:
    """Yield what keeps a value from being of a type, and what is wrong with its content; never the value itself.

    at: how the sentence names the value, such as `accounts()[2].name`.
    """
    outer, inner = _parts(kind)
    if outer in (Union, UnionType):
        yield from _flaws_of_any(value, inner, at)
    elif outer in (tuple, frozenset):
        yield from _flaws_of_each(value, outer, inner[0], at)
    elif outer is Mapping:
        yield from _flaws_of_mapping(value, inner, at)
    elif outer is type:
        yield from _flaws_of_model(value, at)
    elif type(value) is not kind:
        yield f"{at} must be {_words(kind)}, not {type(value).__name__}"
    elif isinstance(value, str):
        yield from _flaws_of_text(value, at)
    elif is_dataclass(kind):
        yield from _flaws_of_fields(value, kind, at)


def _flaws_of_all(values: object, kind: type, at: str) -> Iterator[str]:
    if type(values) is not tuple:
        yield f"{at} must return several {_words(kind)} values, not {type(values).__name__}"
    elif len(values) > MOST_ITEMS:
        yield f"{at} must not return more than {MOST_ITEMS:,} values"
    else:
        yield from _flaws_of_each(values, tuple, kind, at)


def _flaws_of_any(value: object, kinds: tuple[TypeForm, ...], at: str) -> Iterator[str]:
    chosen = next((kind for kind in kinds if type(value) is (_parts(kind)[0] or kind)), None)
    if chosen is None:
        yield f"{at} must be {' or '.join(_words(kind) for kind in kinds)}, not {type(value).__name__}"
    else:
        yield from flaws(value, chosen, at)


def _flaws_of_each(
    value: object, outer: type[tuple[object, ...] | frozenset[object]], kind: TypeForm, at: str
) -> Iterator[str]:
    if type(value) is not outer:
        yield f"{at} must be a {outer.__name__}, not {type(value).__name__}"
        return
    for number, item in enumerate(cast("Iterable[object]", value)):  # what the line above made sure of
        yield from flaws(item, kind, f"{at}[{number}]")


def _flaws_of_mapping(value: object, kinds: tuple[TypeForm, ...], at: str) -> Iterator[str]:
    if type(value) not in (dict, MappingProxyType):
        yield f"{at} must be a dict, not {type(value).__name__}"
        return
    key_kind, item_kind = kinds
    several = cast("Mapping[object, object]", value)  # what the line above made sure of
    for number, (key, item) in enumerate(several.items()):
        yield from flaws(key, key_kind, f"key {number} of {at}")
        yield from flaws(item, item_kind, f"value {number} of {at}")


def _flaws_of_text(text: str, at: str) -> Iterator[str]:
    if len(text) > MOST_TEXT:
        yield f"{at} has {len(text):,} characters, and no text may have more than {MOST_TEXT:,}"
    elif "\0" in text:
        yield f"{at} holds a NUL character"
    elif not text.isascii() and _HALF_A_PAIR.search(text):
        yield f"{at} holds half a surrogate pair"


def _flaws_of_fields(value: object, kind: type, at: str) -> Iterator[str]:
    sound = True
    for name, field_kind in _fields(kind).items():
        for flaw in flaws(getattr(value, name, _NOTHING), field_kind, f"{at}.{name}"):
            sound = False
            yield flaw
    if sound and kind in RULES:
        yield from RULES[kind](value, at)


def _flaws_of_model(value: object, at: str) -> Iterator[str]:
    from pydantic import BaseModel

    if not (isinstance(value, type) and issubclass(value, BaseModel)):
        yield f"{at} must be a pydantic model class"
    elif value.model_config.get("hide_input_in_errors") is not True:
        yield f"{at} must set hide_input_in_errors in its model_config, so that no error repeats a secret"
    elif any(field.validation_alias is not None for field in value.model_fields.values()):
        yield f"{at} must have no aliases, since settings are kept and shown by the names of their fields"


@cache
def _parts(kind: TypeForm) -> tuple[Any, tuple[Any, ...]]:  # Any: types and expressions of types, as typing has them
    """Return what a type is at its outside, None where it is no expression of types, and what is inside."""
    return get_origin(kind), get_args(kind)


@cache
def _fields(kind: type) -> dict[str, TypeForm]:
    """The field types of a contract dataclass by name; BaseModel is imported there for type checkers only."""
    from pydantic import BaseModel

    return get_type_hints(kind, localns={"BaseModel": BaseModel})


def _words(kind: TypeForm) -> str:
    outer = get_origin(kind) or kind
    if not isinstance(outer, type):
        return "something else"
    return _WORDS.get(outer, outer.__name__)
