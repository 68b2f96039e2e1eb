"""The public shape of the plugin contract, as text; `python -m tests.api.shape --write` pins it anew."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hub.api
from hub.api import hooks

PINNED = Path(__file__).with_name("hub_api_1.txt")


def shape() -> str:
    """Return one paragraph for each public name, in alphabetical order, and one for each hook."""
    names = sorted(hub.api.__all__, key=str.lower)
    paragraphs = [*(_paragraph(name, getattr(hub.api, name)) for name in names), *_hooks()]
    return "\n\n".join(paragraphs) + "\n"


def exception_tree(root: type[BaseException]) -> str:
    """Return the tree of an exception and its subclasses among the public names, as errors.py draws it."""
    return "\n".join([root.__name__, *_branches(root, "")])


def _branches(parent: type[BaseException], indent: str) -> Iterator[str]:
    public = [getattr(hub.api, name) for name in hub.api.__all__]
    children = sorted((each for each in public if _is_child(each, parent)), key=_definition_order)
    for child in children:
        last = child is children[-1]
        yield f"{indent}{'└── ' if last else '├── '}{child.__name__}"
        yield from _branches(child, indent + ("    " if last else "│   "))


def _is_child(thing: object, parent: type) -> bool:
    return isinstance(thing, type) and thing.__bases__ == (parent,)


def _definition_order(error: type[BaseException]) -> int:
    return inspect.getsourcelines(error)[1]


def _paragraph(name: str, thing: object) -> str:
    return "\n    ".join(_lines(name, thing))


def _lines(name: str, thing: object) -> Iterator[str]:
    if not isinstance(thing, type):
        function = inspect.unwrap(thing) if callable(thing) else None
        yield f"{name}{signature(function)}" if inspect.isfunction(function) else f"{name} = {_stable(thing)}"
        return
    bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
    yield f"class {name}({bases})" if bases else f"class {name}"
    if dataclasses.is_dataclass(thing):
        yield from _dataclass_lines(thing)
    if issubclass(thing, enum.Enum):
        yield from (f"{member.name} = {member.value!r}" for member in thing)
    yield from _member_lines(thing)


def _dataclass_lines(kind: type) -> Iterator[str]:
    frozen, slots = kind.__dataclass_params__.frozen, "__slots__" in vars(kind)  # type: ignore[attr-defined]
    keywords = all(field.kw_only for field in dataclasses.fields(kind))
    yield f"frozen={frozen}, kw_only={keywords}, slots={slots}"
    for field in dataclasses.fields(kind):
        default = "" if field.default is dataclasses.MISSING else f" = {field.default!r}"
        if field.default_factory is not dataclasses.MISSING:
            default = f" = {field.default_factory.__name__}()"
        yield f"{field.name}: {field.type}{default}"


def _member_lines(kind: type) -> Iterator[str]:
    for name, member in vars(kind).items():
        if name == "__init__" and issubclass(kind, BaseException):
            yield f"{name}{signature(member)}"
        elif isinstance(member, property) and not name.startswith("_"):
            yield f"property {name} -> {inspect.signature(member.fget).return_annotation}"  # type: ignore[arg-type]
        elif inspect.isfunction(member) and not name.startswith("_"):
            yield f"{name}{signature(member)}"


def signature(function: Callable[..., object]) -> str:
    """Return a function's signature with its annotations as they are written."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(function)))


def _stable(thing: object) -> str:
    """A value's text, without the modules it comes from or the address where it happens to be."""
    text = type(thing).__qualname__ if " object at " in repr(thing) else repr(thing)
    return text if isinstance(thing, str) else re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])", "", text)


def _hooks() -> Iterator[str]:
    for name, function in vars(hooks).items():
        options = getattr(function, "inventory_hub_spec", None)
        if options is not None:
            kept = {option: value for option, value in options.items() if value}
            yield f"hook {name}{signature(function)} {kept}"


if __name__ == "__main__":
    if "--write" not in sys.argv:
        sys.exit("python -m tests.api.shape --write: pin the shape of hub.api as it is now")
    PINNED.write_text(shape(), encoding="utf-8")
