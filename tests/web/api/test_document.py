"""The OpenAPI document says exactly what is taken and answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from conftest import PROFILE
from hub.service.exporting import exports
from hub.service.importing import KINDS
from hub.web.api.openapi import document
from hub.web.api.operations import DOCUMENT, load_operations
from tests.web.api.conftest import Program
from tests.web.conftest import ADDRESS, Site

EXAMPLES = 3 if PROFILE == "test" else 60
SCHEMA = schemathesis.openapi.from_dict(document())
KINDS_TRIED = ("counts", "chart") if PROFILE == "test" else tuple(KINDS)
OFFERED = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
load_all_checks()
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)
"""All but what the document cannot tell: rows that fit may still name a site that is not there."""
CHECKED = CHECKS.get_by_names(list(NAMES))
LEAVING_OUT = CHECKS.get_by_names([name for name in NAMES if name != "negative_data_rejection"])
"""Where a program asks for the valid rows alone: a row that fits no schema is left out and told, and that is no refusal."""


@pytest.fixture(scope="module")
def caller(office: Site) -> Iterator[Program]:
    program = Program(office)
    with program.client:
        yield program


@pytest.mark.property
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(
    "label", [label for label in OFFERED if "/imports/" not in label or label.endswith(KINDS_TRIED)]
)
def test_whatever_is_sent_is_answered_as_the_document_says(label: str, mode: GenerationMode, caller: Program) -> None:
    operation = OFFERED[label]
    newest = str(exports(caller.site.hub, "DEMO")[0]["export"])

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def check(*, case: schemathesis.Case, real: bool) -> None:
        caller.site.later(minutes=16)  # wrong tokens are forgotten
        case.path_parameters["code"] = "DEMO"
        if real and "export" in case.path_parameters:
            case.path_parameters["export"] = newest
        case.call_and_validate(
            base_url=ADDRESS,
            headers={"authorization": f"Bearer {caller.token}"},
            app=caller.site.app,
            checks=LEAVING_OUT if (case.query or {}).get("valid_rows") == "true" else CHECKED,
        )

    check()


def schema_of(part: dict[str, Any]) -> dict[str, Any]:
    """A schema of the document, with all that it refers to."""
    return {**part, "components": document()["components"]}


def media(part: object) -> Iterator[dict[str, Any]]:
    """Every schema that stands beside an example of its own."""
    if isinstance(part, dict):
        if "schema" in part and "example" in part:
            yield part
        for inner in part.values():
            yield from media(inner)


def test_every_operation_is_in_the_document_with_its_scope() -> None:
    told = {
        (method.upper(), path): operation["security"]
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }
    wanted = {
        (each.method, each.address.replace("{kind}", kind)): [{"token": [each.scope.value]}]
        for each in load_operations()
        for kind in (KINDS if each.upload else ("",))
    }
    assert told == wanted
    assert len(wanted) == len(KINDS) + 8


def test_every_example_is_what_its_schema_says() -> None:
    found = list(media(document()))
    assert len(found) > 2 * len(KINDS)
    for part in found:
        jsonschema.validate(part["example"], schema_of(part["schema"]), jsonschema.Draft202012Validator)
    asked = document()["components"]["schemas"]["ExportAsked"]
    assert asked["examples"]
    for example in asked["examples"]:
        jsonschema.validate(example, schema_of(asked), jsonschema.Draft202012Validator)


def test_the_examples_of_the_rows_are_those_of_the_templates_and_have_every_column() -> None:
    for kind, told in KINDS.items():
        row = document()["components"]["schemas"][f"{kind.title().replace('-', '')}Row"]
        assert list(row["properties"]) == [column.name for column in told.columns]
        assert row["required"] == [column.name for column in told.columns if column.required]
        assert row["additionalProperties"] is False


def test_the_document_is_json_that_anyone_can_keep(caller: Program) -> None:
    answer = caller.client.get(DOCUMENT)
    assert json.loads(answer.content) == document()
    assert answer.headers["content-type"] == "application/json"
