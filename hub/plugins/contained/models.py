"""A contained plugin's models: told by the process that has them, and as the hub has them in their place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, PrivateAttr, SecretStr, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from hub.plugins.contained.shapes import FieldShape, Given, Json, ModelShape, TypeForm, Validated, Wrong
from hub.plugins.errors import PluginFailed

MOST_SCHEMA = 200_000  # characters

Asks = Callable[[Given], Validated]


class StandIn(BaseModel):
    """A model whose own class is in another process, which is asked whether it takes what was given.

    An instance holds what was given, and shows of it what the plugin made of it: no secret of a connection's settings.
    """

    model_config = ConfigDict(hide_input_in_errors=True, extra="forbid", frozen=True)

    hub_shape: ClassVar[ModelShape]
    hub_asks: ClassVar[Asks]
    _hub_given: dict[str, Any] = PrivateAttr(default_factory=dict)  # Any: values of JSON

    @property
    def hub_given(self) -> Given:
        """What was given, as the plugin's process takes it."""
        return Given(ref=self.hub_shape.ref, values=self._hub_given)

    @classmethod
    def model_validate(cls, obj: Json, **_options: Json) -> Json:
        """Return an instance of what was given, as values of JSON; raises ValidationError."""
        values = json.loads(json.dumps(dict(obj)))
        answer = cls.hub_asks(Given(ref=cls.hub_shape.ref, values=values))
        if answer.wrong:
            raise ValidationError.from_exception_data(cls.__name__, [_detail(each) for each in answer.wrong])
        made = cls.model_construct(**{each.name: _held(each, values, answer.values) for each in cls.hub_shape.fields})
        made.__pydantic_private__ = {"_hub_given": values}
        return made

    @classmethod
    def model_validate_strings(cls, obj: Json, **_options: Json) -> Json:
        """Return an instance of what was given, as texts; raises ValidationError."""
        return cls.model_validate(obj)

    @classmethod
    def model_json_schema(cls, *_arguments: Json, **_options: Json) -> dict[str, Json]:
        """Return the schema of the plugin's own class."""
        return cls.hub_shape.json_schema


def stand_in(shape: ModelShape, asks: Asks) -> type[StandIn]:
    """Return a class that stands for a plugin's model; asks: its process."""
    fields: dict[str, Any] = {
        each.name: (_kind(each), _field(each)) for each in shape.fields
    }  # Any: pydantic's own form
    made: type[StandIn] = create_model("StandIn", __base__=StandIn, **fields)
    made.hub_shape = shape
    made.hub_asks = staticmethod(asks)
    return made


def shape_of(model: type[BaseModel]) -> ModelShape:
    """Return what the hub is told of a model; raises PluginFailed where its schema is too large."""
    schema = model.model_json_schema()
    if len(json.dumps(schema)) > MOST_SCHEMA:
        raise PluginFailed(f"the schema of {model.__name__} has more than {MOST_SCHEMA:,} characters")
    fields = tuple(_field_shape(name, each) for name, each in model.model_fields.items())
    return ModelShape(ref=f"{model.__module__}:{model.__qualname__}", fields=fields, json_schema=schema)


def model_of(ref: str, known: Mapping[str, type[BaseModel]]) -> type[BaseModel]:
    """Return the model that a reference names: one that the hub was told of, or one of a module that the plugin imported."""
    if ref in known:
        return known[ref]
    module, _, path = ref.partition(":")
    found: object = sys.modules.get(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise PluginFailed("a model that was told of is not there any more")
    return found


def validated(model: type[BaseModel], outcome: BaseModel | list[Any]) -> Validated:  # Any: pydantic's details of errors
    """Return what the hub is told of a model's answer."""
    if isinstance(outcome, list):
        return Validated(wrong=tuple(_wrong(each) for each in outcome))
    secrets = {name for name, each in model.model_fields.items() if each.annotation is SecretStr}
    told = outcome.model_dump(mode="json", exclude=secrets)
    return Validated(values={name: value for name, value in told.items() if name in model.model_fields})


def _field_shape(name: str, field: FieldInfo) -> FieldShape:
    kind = field.annotation
    holds = "secret" if kind is SecretStr else "text" if kind is str else "other"
    default = None if field.is_required() else field.get_default(call_default_factory=False)
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    choices = tuple(str(each.value) for each in kind) if isinstance(kind, type) and issubclass(kind, Enum) else ()
    return FieldShape(
        name=name,
        holds=holds,  # type: ignore[arg-type]  # one of the three, as the line above has it
        required=field.is_required(),
        title=field.title,
        choices=choices,
        default=default if isinstance(default, str) and not isinstance(default, Enum) else "",
    )


def _kind(field: FieldShape) -> TypeForm:
    if field.choices:
        return StrEnum("Choices", {f"choice_{number}": each for number, each in enumerate(field.choices)})
    return {"secret": SecretStr, "text": str, "other": Any}[field.holds]


def _field(field: FieldShape) -> Json:
    from pydantic import Field

    if field.required:
        return Field(title=field.title)
    default: object = SecretStr(field.default) if field.holds == "secret" else field.default
    return Field(default if field.holds != "other" else None, title=field.title)


def _held(field: FieldShape, given: Mapping[str, Json], answer: Mapping[str, Json]) -> Json:
    if field.holds == "secret":
        return SecretStr(str(given.get(field.name, field.default)))
    return answer.get(field.name)


def _wrong(details: Mapping[str, Any]) -> Wrong:  # Any: pydantic's details of an error
    context = {
        str(name): value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in details.get("ctx", {}).items()
    }
    return Wrong(type=details["type"], loc=tuple(details["loc"]), msg=details["msg"], ctx=context)


def _detail(wrong: Wrong) -> InitErrorDetails:
    # The message is a value of its own, so that braces in it are not taken for names.
    error = PydanticCustomError(wrong.type, "{hub_message}", {**wrong.ctx, "hub_message": wrong.msg})
    return InitErrorDetails(type=error, loc=wrong.loc, input=None)
