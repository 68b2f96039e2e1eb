"""A connector's settings as a form: drawn from the JSON Schema of its model, and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hub.web.forms import Form

Schema: TypeAlias = Mapping[str, Any]  # Any: JSON Schema, as pydantic writes it

PREFIX = "set:"
KINDS: Mapping[str, str] = {"string": "text", "integer": "number", "number": "text", "boolean": "choice"}
YES_NO = (("true", "Yes"), ("false", "No"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting as a field of the form.

    kind: text, lines, number, password, choice or json; options: (value, words) pairs of a choice; value: what it holds now,
    never of a secret; wrong: what is wrong with what was typed.
    """

    name: str
    label: str
    kind: str
    hint: str
    required: bool
    value: str
    options: tuple[tuple[str, str], ...] = ()
    wrong: str = ""

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return PREFIX + self.name


def settings_form(schema: Schema, sent: Form) -> list[Setting]:
    """Return a connector's settings in the order of its model; sent: what was typed before, if anything."""
    needed = schema.get("required", ())
    return [
        _setting(name, _resolved(each, schema), sent, required=name in needed)
        for name, each in schema.get("properties", {}).items()
    ]


def secrets_form(schema: Schema, sent: Form, wrong: Mapping[str, str] | None = None) -> list[Setting]:
    """Return the fields that secrets are typed into; wrong: what is wrong with each."""
    return [replace(each, wrong=(wrong or {}).get(each.name, "")) for each in settings_form(schema, sent)]


def sent_secrets(schema: Schema, sent: Form) -> dict[str, str]:
    """Return what was typed into the fields of secrets."""
    return {each.name: sent.exact(each.field) for each in settings_form(schema, sent)}


def sent_settings(schema: Schema, sent: Form) -> dict[str, object]:
    """Return what was typed; a field left empty leaves its setting as the connector has it. Raises ValueError for no JSON."""
    values: dict[str, object] = {}
    for each in settings_form(schema, sent):
        text = sent.exact(each.field) if each.kind == "password" else sent.get(each.field)
        if text:
            values[each.name] = _parsed(each.label, text) if each.kind == "json" else text
    return values


def _setting(name: str, schema: Schema, sent: Form, *, required: bool) -> Setting:
    options = tuple((each, each) for each in schema.get("enum", ())) or (
        YES_NO if schema.get("type") == "boolean" else ()
    )
    kind = "choice" if options else KINDS.get(str(schema.get("type")), "json")
    secret = schema.get("format") == "password"
    if secret:
        kind = "password"
    if schema.get("multiline") is True:
        kind = "lines"
    default = schema.get("default")
    value = sent.get(PREFIX + name, _text(default))
    if options and not required:
        options = (("", "As usual" if default is None else f"As usual ({_text(default)})"), *options)
        value = sent.get(PREFIX + name)
    return Setting(
        name=name,
        label=_label(name, str(schema.get("title", ""))),
        kind=kind,
        hint=str(schema.get("description", "")),
        required=required,
        value="" if secret else value,
        options=options,
    )


def _resolved(schema: Schema, whole: Schema) -> Schema:
    """Return a property's own schema: what it refers to, and of an optional one the part that is not null."""
    known = {name: value for name, value in schema.items() if name in ("title", "description", "default")}
    inner = schema
    if "$ref" in inner:
        inner = whole.get("$defs", {}).get(str(inner["$ref"]).rpartition("/")[2], {})
    elif "anyOf" in inner:
        parts: Sequence[Schema] = [each for each in inner["anyOf"] if each.get("type") != "null"]
        inner = _resolved(parts[0], whole) if len(parts) == 1 else {}
    if "const" in inner:
        inner = {**inner, "enum": [inner["const"]]}
    own = {name: value for name, value in inner.items() if name not in ("title", "description")}
    return {**own, **known}


def _label(name: str, title: str) -> str:
    """Return a setting's own title, else its name as people write it; pydantic makes titles such as `Base Url`."""
    if title and title != name.replace("_", " ").title():
        return title
    bare, seconds, _ = name.rpartition("_s") if name.endswith("_s") else (name, "", "")
    words = " ".join("URL" if each == "url" else each for each in bare.split("_"))
    return words[:1].upper() + words[1:] + (" (seconds)" if seconds else "")


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _parsed(label: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{label} must be JSON, such as {{}}.") from error
