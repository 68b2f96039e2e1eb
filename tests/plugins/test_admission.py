"""What a connector says about itself is checked before it is used; tests/broken_plugins has whole packages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hub.api import ClientAssertion, Limits, OAuth2, Sandbox, SecretFields, hookimpl
from hub.plugins import Registry, load
from tests.plugins.scripted import INFO, Plugin, ScriptedConnector

SIGN_IN = OAuth2(
    authorize_url="https://ledgerly.example/sign-in", token_url="https://ledgerly.example/token", scopes=("journals",)
)
ASSERTION = ClientAssertion(
    token_url="https://ledgerly.example/token", scopes=("journals",), algorithms=("PS256", "ES256")
)


class Secrets(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    account: str
    api_key: SecretStr
    second_key: SecretStr = SecretStr("")


class Talkative(BaseModel):
    api_key: SecretStr


class Empty(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)


class Numbered(Secrets):
    tries: int


class Lacking(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    api_key: SecretStr = Field(default=None)


class Signing(ScriptedConnector):
    def sign(self, request: object, secrets: object, settings: object) -> object:
        del secrets, settings
        return request


def reason(registry: Registry) -> str:
    (broken,) = registry.broken
    return broken.reason


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "info.name must be 1 to 255 printable characters"),
        ({"environments": ()}, "info.environments must not be empty"),
        ({"environments": ("production", "production")}, "info.environments must be different from each other"),
        ({"environments": ["production"]}, "info.environments must be a tuple, not list"),
        ({"sign_ins": ()}, "info.sign_ins must not be empty"),
        (
            {"sign_ins": ("oauth2",)},
            "info.sign_ins[0] must be NoSignIn or OAuth2 or ClientAssertion or SecretFields, not",
        ),
        (
            {"sign_ins": (replace(SIGN_IN, revoke_url="ledgerly.example"),)},
            "revoke_url must be an absolute http(s) address",
        ),
        ({"sign_ins": (replace(SIGN_IN, kept=("realmId", "state")),)}, "sign_ins[0].kept must be names of parameters"),
        ({"sign_ins": (replace(SIGN_IN, kept=("a", "a")),)}, "sign_ins[0].kept must be different from each other"),
        ({"sign_ins": (replace(SIGN_IN, scopes=("one two",)),)}, "sign_ins[0].scopes must each be one word"),
        ({"sign_ins": (replace(SIGN_IN, refresh_life_s=0),)}, "sign_ins[0].refresh_life_s must be at least 1"),
        ({"sign_ins": (replace(SIGN_IN, grace_s=-1),)}, "sign_ins[0].grace_s must not be negative"),
        ({"sign_ins": (replace(SIGN_IN, client_in="header"),)}, "sign_ins[0].client_in must be ClientIn, not str"),
        (
            {"sign_ins": (replace(SIGN_IN, token_headers={"x-a": "b\r\nx-c: d"}),)},
            "sign_ins[0].token_headers must have printable ASCII texts as its values",
        ),
        (
            {"sign_ins": (replace(SIGN_IN, token_headers={"x a": "b"}),)},
            "sign_ins[0].token_headers must have names of headers as its keys",
        ),
        (
            {"sign_ins": (replace(SIGN_IN, token_headers={"x-a": 1}),)},
            "value 0 of info.sign_ins[0].token_headers must be text, not int",
        ),
        (
            {"sign_ins": (replace(SIGN_IN, token_headers=[("x-a", "b")]),)},
            "info.sign_ins[0].token_headers must be a dict, not list",
        ),
        (
            {"sign_ins": (replace(ASSERTION, algorithms=()),)},
            "info.sign_ins[0].algorithms must not be empty",
        ),
        (
            {"sign_ins": (replace(ASSERTION, algorithms=("PS256", "HS256")),)},
            "info.sign_ins[0].algorithms must be of ES256,",
        ),
        ({"sign_ins": (replace(ASSERTION, scopes=("one two",)),)}, "info.sign_ins[0].scopes must each be one word"),
        ({"sign_ins": (SecretFields(model=dict),)}, "info.sign_ins[0].model must be a pydantic model class"),
        (
            {"sign_ins": (SecretFields(model=Talkative),)},
            "info.sign_ins[0].model must set hide_input_in_errors in its model_config",
        ),
        ({"sign_ins": (SecretFields(model=Empty),)}, "info.sign_ins[0].model must have a field to type into"),
        ({"sign_ins": (SecretFields(model=Numbered),)}, "info.sign_ins[0].model.tries must be SecretStr or str"),
        (
            {"sign_ins": (SecretFields(model=Lacking),)},
            "info.sign_ins[0].model.api_key must have a text as its default, or none",
        ),
        (
            {"entry_dimensions": ("class", "")},
            "info.entry_dimensions must be different from each other, and none of them",
        ),
        ({"docs_url": "docs/index.html"}, "info.docs_url must be an absolute http(s) address or empty"),
        ({"guarantee": "person"}, "info.guarantee must be Guarantee, not str"),
        ({"limits": Limits(key_life_s=-1)}, "info.limits.key_life_s must be at least 1"),
        ({"limits": Limits(memo_length=True)}, "info.limits.memo_length must be a whole number or None, not bool"),
        ({"api": 0}, "info.api says version 0 of the plugin contract"),
        ({"api": "1"}, "info.api must be a whole number, not str"),
    ],
    ids=str,
)
def test_a_connector_that_says_something_wrong_about_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    registry = load(only=[Plugin(ScriptedConnector({}, replace(INFO, **changes)))])
    assert said in reason(registry)


def test_a_connector_with_every_kind_of_sign_in_is_admitted() -> None:
    info = replace(INFO, sign_ins=(SIGN_IN, ASSERTION, SecretFields(model=Secrets)), docs_url="https://a.example/b")
    assert load(only=[Plugin(Signing({}, info))]).connector("ledgerly").info == info


def test_a_connector_that_cannot_sign_with_the_secrets_that_are_typed_in_is_refused() -> None:
    info = replace(INFO, sign_ins=(SecretFields(model=Secrets),))
    said = reason(load(only=[Plugin(ScriptedConnector({}, info))]))
    assert said.startswith('Of its connector "ledgerly": sign() is missing')

    class Asynchronous(ScriptedConnector):
        async def sign(self, request: object, secrets: object, settings: object) -> None:
            del request, secrets, settings

    assert "sign() is asynchronous" in reason(load(only=[Plugin(Asynchronous({}, info))]))


def test_limits_that_do_not_take_the_settings_are_refused() -> None:
    class Limiting(ScriptedConnector):
        def limits(self) -> Limits:
            return Limits()

    said = reason(load(only=[Plugin(Limiting({}, INFO))]))
    assert said == 'Of its connector "ledgerly": limits() does not take (settings).'


def test_addresses_that_do_not_take_the_environment_are_refused() -> None:
    class Addressed(ScriptedConnector):
        def addresses(self, settings: object) -> None:
            del settings

    said = reason(load(only=[Plugin(Addressed({}, INFO))]))
    assert said == 'Of its connector "ledgerly": addresses() does not take (settings, environment).'


def test_a_hook_that_never_ends_is_refused() -> None:
    class Endless:
        @hookimpl
        def hub_connectors(self) -> Iterator[object]:
            return itertools.repeat(ScriptedConnector({}, INFO))

    assert reason(load(only=[Endless()])) == "Its hub_connectors() must not return more than 100,000 objects."


def test_the_hook_that_is_misspelt_is_named_and_not_one_that_is_optional() -> None:
    class Hopeful:
        @hookimpl(optionalhook=True)
        def hub_a_hook_of_tomorrow(self) -> None:
            pass

        @hookimpl
        def something_else(self) -> None:
            pass

    said = reason(load(only=[Hopeful()]))
    assert said.startswith("The hub has no hook something_else; its hooks are hub_connectors,")


class StandIn:
    """A sandbox for a connector."""

    def __init__(self, connector_id: Any) -> None:
        self.connector_id = connector_id

    def app(self, base_url: str) -> Any:
        return base_url

    def credentials(self, base_url: str) -> dict[str, str]:
        return {"base_url": base_url}


class StandIns:
    """A plugin that brings some sandboxes."""

    def __init__(self, *sandboxes: Sandbox) -> None:
        self._sandboxes = sandboxes

    @hookimpl
    def hub_sandboxes(self) -> tuple[Sandbox, ...]:
        return self._sandboxes


@pytest.mark.parametrize(
    ("connector_id", "said"),
    [
        ("", "Of its sandbox: connector_id is not the id of a connector."),
        ("../books", "Of its sandbox: connector_id is not the id of a connector."),
        (None, "Of its sandbox: connector_id must be text, not NoneType."),
    ],
)
def test_a_sandbox_for_no_connector_is_refused(connector_id: Any, said: str) -> None:
    assert reason(load(only=[StandIns(StandIn(connector_id))])) == said


def test_two_sandboxes_of_one_plugin_for_one_connector_are_refused() -> None:
    said = reason(load(only=[StandIns(StandIn("ledgerly"), StandIn("ledgerly"))]))
    assert said == 'It brings two sandboxes for connectors with the id "ledgerly".'


def test_of_two_plugins_sandboxes_for_one_connector_the_first_stays() -> None:
    first = StandIn("ledgerly")
    registry = load(only=[StandIns(first), StandIns(StandIn("ledgerly"))])
    assert registry.sandboxes["ledgerly"].sandbox is first
    assert reason(registry).startswith('The sandbox for the connector "ledgerly" is brought by two plugins')
