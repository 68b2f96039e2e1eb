"""A connector's settings are drawn from its model and read back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from hub.web.forms import Form
from hub.web.settings_form import sent_settings, settings_form


class Method(StrEnum):
    ACCRUAL = "accrual"
    CASH = "cash"


class Key(BaseModel):
    kind: Literal["key"]


class NoKey(BaseModel):
    kind: Literal["none"]


class Rich(BaseModel):
    """Settings of every kind."""

    journal: str = Field(title="Journal code", description="Two letters.")
    base_url: str = ""
    call_s: int = 30
    months: int | None = None
    rate: float = 1
    summary: bool = False
    method: Method = Method.ACCRUAL
    layout: Literal["wide", "narrow"]
    password: SecretStr | None = None
    access: Annotated[Key | NoKey, Field(discriminator="kind")] = NoKey(kind="none")


SCHEMA = Rich.model_json_schema()


def typed(**fields: str) -> Form:
    return Form(fields={f"set:{name}": [value] for name, value in fields.items()})


def test_each_kind_of_setting_has_its_field() -> None:
    found = {each.name: each for each in settings_form(SCHEMA, Form())}
    kinds = {name: each.kind for name, each in found.items()}
    assert kinds == {
        "journal": "text",
        "base_url": "text",
        "call_s": "number",
        "months": "number",
        "rate": "text",
        "summary": "choice",
        "method": "choice",
        "layout": "choice",
        "password": "password",
        "access": "json",
    }
    assert [each.name for each in found.values() if each.required] == ["journal", "layout"]
    labels = [found[name].label for name in ("journal", "base_url", "call_s", "months", "layout")]
    assert labels == ["Journal code", "Base URL", "Call (seconds)", "Months", "Layout"]
    assert found["journal"].hint == "Two letters."
    assert found["layout"].options == (("wide", "wide"), ("narrow", "narrow"))
    assert found["method"].options[0] == ("", "As usual (accrual)")
    assert found["call_s"].value == "30"


def test_what_was_typed_stays_but_for_a_password() -> None:
    found = {each.name: each.value for each in settings_form(SCHEMA, typed(journal="GJ", password="x", method="cash"))}
    assert (found["journal"], found["password"], found["method"]) == ("GJ", "", "cash")


def test_a_field_left_empty_leaves_its_setting_as_the_connector_has_it() -> None:
    sent = typed(journal=" GJ ", password=" secret ", layout="wide", months="", access='{"kind": "key"}')
    values = sent_settings(SCHEMA, sent)
    assert values == {"journal": "GJ", "password": " secret ", "layout": "wide", "access": {"kind": "key"}}


def test_what_is_no_json_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="Access must be JSON"):
        sent_settings(SCHEMA, typed(access="nonsense"))
