"""A connector's label, settings, limits, chart and sessions, as the host hands them to the rest of the hub."""

from __future__ import annotations

import decimal
import re
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from hub.api import (
    Account,
    Addresses,
    Capability,
    ChartUnreadable,
    Connection,
    ConnectorError,
    File,
    Level,
    Limits,
    OAuth2,
    Receipt,
    ReconnectNeeded,
)
from hub.plugins import ContractBroken, GuardedConnector, NotCapable, PluginFailed, SettingsInvalid, load
from tests.plugins.scripted import INFO, POSTED, Plugin, ScriptedConnector, Settings, connector, entry, session, without

CHART = File(name="chart.csv", content=b"number,name\n")


class Method(StrEnum):
    ACCRUAL = "accrual"
    CASH = "cash"


class Key(BaseModel):
    kind: Literal["key"]
    secret: SecretStr


class NoKey(BaseModel):
    kind: Literal["none"]


class Rich(BaseModel):
    """Settings of every kind that a form can draw."""

    model_config = ConfigDict(hide_input_in_errors=True, strict=True)

    journal: str = Field(min_length=2, max_length=4)
    months: int = Field(12, ge=1, le=12)
    rate: Decimal = Decimal(0)
    summary: bool = False
    method: Method = Method.ACCRUAL
    layout: Literal["wide", "narrow"] = "wide"
    password: SecretStr | None = None
    access: Annotated[Key | NoKey, Field(discriminator="kind")] = NoKey(kind="none")

    @field_validator("journal")
    @classmethod
    def not_reserved(cls, journal: str) -> str:
        if journal == "XXXX":
            raise ValueError("journal XXXX is kept for closing entries")
        if journal == "BELL":
            raise ValueError("the reserved\x1b[31m\njournal" + "!" * 1000)
        if journal == "OOPS":
            raise RecursionError(journal)
        return journal

    @field_validator("password")
    @classmethod
    def long_enough(cls, password: SecretStr | None) -> SecretStr | None:
        if password and len(password.get_secret_value()) < 12:
            raise ValueError(f"{password.get_secret_value()!r} is too short")
        return password

    @model_validator(mode="after")
    def narrow_has_no_summary(self) -> Rich:
        if self.layout == "narrow" and self.summary:
            raise ValueError("a narrow layout takes no summary.")
        return self


def rich() -> GuardedConnector:
    return connector(info=replace(INFO, settings=Rich))


def problems(values: dict[str, object]) -> list[str]:
    with pytest.raises(SettingsInvalid) as refused:
        rich().settings_from(values)
    assert {(problem.level, problem.code) for problem in refused.value.problems} == {(Level.PROBLEM, "setting_invalid")}
    return [problem.message for problem in refused.value.problems]


def test_settings_are_made_from_texts_as_the_command_line_gives_them() -> None:
    texts = {"journal": "GJ", "months": "3", "rate": "1.50", "summary": "true", "method": "cash", "password": "x" * 12}
    settings = rich().settings_from({**texts, "access": {"kind": "key", "secret": "s"}})
    assert isinstance(settings, Rich)
    assert (settings.months, settings.rate, settings.summary) == (3, Decimal("1.50"), True)
    assert settings.method is Method.CASH
    assert settings.access == Key(kind="key", secret=SecretStr("s"))


def test_settings_are_made_from_values_of_json() -> None:
    settings = rich().settings_from({"journal": "GJ", "months": 3, "summary": True})
    assert settings == Rich(journal="GJ", months=3, summary=True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, ["The setting journal is needed."]),
        ({"journal": "G"}, ["The setting journal must have at least 2 characters."]),
        ({"journal": "GENERAL"}, ["The setting journal must have at most 4 characters."]),
        ({"journal": "GJ", "months": "0"}, ["The setting months must be at least 1."]),
        ({"journal": "GJ", "months": "13"}, ["The setting months must be at most 12."]),
        ({"journal": "GJ", "months": "many"}, ["The setting months must be a whole number."]),
        ({"journal": "GJ", "months": 1.5}, ["The setting months must be a whole number."]),
        ({"journal": "GJ", "rate": "much"}, ["The setting rate must be a number."]),
        ({"journal": "GJ", "summary": "perhaps"}, ["The setting summary must be true or false."]),
        ({"journal": 7}, ["The setting journal must be text."]),
        ({"journal": "GJ", "method": "barter"}, ["The setting method must be one of 'accrual' or 'cash'."]),
        ({"journal": "GJ", "layout": "round"}, ["The setting layout must be one of 'wide' or 'narrow'."]),
        ({"journal": "GJ", "access": {"kind": "door"}}, ["The setting access must be one of 'key', 'none'."]),
        ({"journal": "GJ", "access": {"kind": "key"}}, ["The setting access.key.secret is needed."]),
        (
            {"journal": "GJ", "layout": "narrow", "summary": "true"},
            ["The combination of settings is not acceptable: a … layout takes no summary."],
        ),
        (
            {"journal": "XXXX"},
            ["The setting journal is not acceptable: journal … is kept for closing entries."],
        ),
        (
            {"joural": "GJ", "months": "many"},
            [
                f"The setting joural is not one of this connector's settings: {', '.join(Rich.model_fields)}.",
                "The setting journal is needed.",
                "The setting months must be a whole number.",
            ],
        ),
    ],
    ids=str,
)
def test_each_setting_that_is_wrong_is_told_in_a_sentence(values: dict[str, object], said: list[str]) -> None:
    assert problems(values) == said


@pytest.mark.parametrize("secret", ["hunter2", " hunter2 ", "HUNTER2"])
def test_no_problem_repeats_what_was_typed(secret: str) -> None:
    values: dict[str, object] = {"journal": "GJ", "password": secret, "access": {"kind": secret}, "months": secret}
    with pytest.raises(SettingsInvalid) as refused:
        rich().settings_from(values)
    assert "hunter2" not in str(refused.value).casefold()
    assert "hunter2" not in repr(refused.value.problems).casefold()
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_what_a_plugin_writes_about_a_setting_is_one_short_line() -> None:
    (message,) = problems({"journal": "BELL"})
    assert message.startswith("The setting journal is not acceptable: the reserved [31m journal!!!")
    assert len(message) < 400


def test_settings_that_turn_into_something_else_are_refused() -> None:
    class Shifty(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)

        @model_validator(mode="wrap")
        @classmethod
        def another(cls, data: Any, handler: Any) -> Any:
            return Settings()

    with pytest.raises(ContractBroken, match="its settings are of another class"):
        connector(info=replace(INFO, settings=Shifty)).settings_from({})


def test_an_error_of_a_plugins_own_under_a_known_name_is_told_without_its_text() -> None:
    class Strange(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)

        journal: str = ""

        @field_validator("journal")
        @classmethod
        def refuse(cls, journal: str) -> str:
            raise PydanticCustomError("enum", "not {journal}", {"journal": journal})

    with pytest.raises(SettingsInvalid) as refused:
        connector(info=replace(INFO, settings=Strange)).settings_from({"journal": "hunter2"})
    assert [problem.message for problem in refused.value.problems] == ["The setting journal is not acceptable."]


def test_settings_whose_own_checks_fail_are_an_error_of_the_plugin() -> None:
    with pytest.raises(PluginFailed, match=r"failed in settings\(\) with RecursionError"):
        rich().settings_from({"journal": "OOPS"})


@pytest.mark.parametrize("label", [None, "", "x" * 81, "Ledgerly\tOnline", " Ledgerly", b"Ledgerly"])
def test_a_label_that_no_title_can_hold_is_refused(label: Any) -> None:
    answers: dict[str, Any] = {"label": "Ledgerly"}
    scripted = ScriptedConnector(answers, INFO)
    guarded = load(only=[Plugin(scripted)]).connector("ledgerly")
    scripted._answers["label"] = label  # noqa: SLF001 - the label turns bad after loading
    with pytest.raises(ContractBroken, match=r"label\(\) must"):
        guarded.label(Settings())


def test_a_sound_label_comes_through() -> None:
    assert connector(label="Ledgerly – Café").label(Settings()) == "Ledgerly – Café"


def test_limits_are_those_of_the_connector_where_settings_change_nothing() -> None:
    assert connector(info=replace(INFO, limits=Limits(lines_per_entry=300))).limits(Settings()).lines_per_entry == 300


@pytest.mark.parametrize(
    ("answer", "said"), [(300, "must be Limits, not int"), (Limits(memo_length=0), "memo_length must be at least 1")]
)
def test_limits_that_depend_on_settings_are_checked(answer: Any, said: str) -> None:
    class Limiting(ScriptedConnector):
        def limits(self, settings: object) -> Any:
            return answer

    with pytest.raises(ContractBroken, match=said):
        load(only=[Plugin(Limiting({}, INFO))]).connector("ledgerly").limits(Settings())


def test_limits_that_depend_on_settings_take_the_place_of_the_connectors() -> None:
    class Limiting(ScriptedConnector):
        def limits(self, settings: object) -> Limits:
            return Limits(lines_per_entry=560)

    guarded = load(only=[Plugin(Limiting({}, INFO))]).connector("ledgerly")
    assert guarded.limits(Settings()) == Limits(lines_per_entry=560)


class Addressed(ScriptedConnector):
    """A connector whose addresses depend on the environment."""

    def __init__(self, found: Any) -> None:
        super().__init__({}, INFO)
        self.found = found
        self.asked: list[str] = []

    def addresses(self, settings: BaseModel, environment: str) -> Any:
        del settings
        self.asked.append(environment)
        return self.found


SIGN_IN = OAuth2(authorize_url="https://a.example/in", token_url="https://a.example/token", scopes=("journals",))


def test_addresses_are_those_of_the_settings_and_the_environment() -> None:
    found = Addresses(base_url="https://a.example/api", hosts=("b.example",), sign_in=SIGN_IN, request_ids=("x-tid",))
    addressed = Addressed(found)
    assert load(only=[Plugin(addressed)]).connector("ledgerly").addresses(Settings(), "sandbox") == found
    assert addressed.asked == ["sandbox"]


class Reached(BaseModel):
    """Settings with an address."""

    model_config = ConfigDict(hide_input_in_errors=True)

    base_url: str = ""


def test_without_addresses_of_its_own_a_connector_is_reached_at_its_setting_and_signed_in_to_as_its_info_says() -> None:
    plain = connector(info=replace(INFO, settings=Reached, sign_ins=(SIGN_IN,)))
    there = Addresses(base_url="http://127.0.0.1:9", sign_in=SIGN_IN)
    assert plain.addresses(Reached(base_url="http://127.0.0.1:9"), "production") == there


def test_a_connector_without_an_address_has_no_network() -> None:
    assert connector().addresses(Settings(), "production") is None
    assert connector(info=replace(INFO, settings=Reached)).addresses(Reached(), "production") is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "must be Addresses, not NoneType"),
        (Addresses(base_url="a.example"), "base_url must be an absolute http(s) address"),
        (Addresses(base_url="https://a.example/?b=c"), "base_url must have no query, fragment or user"),
        (Addresses(base_url="https://who@a.example"), "base_url must have no query, fragment or user"),
        (Addresses(base_url="https://a.example", hosts=("https://b.example/path",)), "hosts must be host names"),
        (Addresses(base_url="https://a.example", request_ids=("x id",)), "request_ids must be names of headers"),
        (Addresses(base_url="https://a.example", sign_in=replace(SIGN_IN, token_url="/t")), "sign_in.token_url must"),
    ],
)
def test_addresses_that_cannot_be_are_refused(found: Any, said: str) -> None:
    with pytest.raises(ContractBroken, match=re.escape(said)):
        load(only=[Plugin(Addressed(found))]).connector("ledgerly").addresses(Settings(), "production")


def test_a_chart_is_read_whole() -> None:
    assert connector(read_chart=lambda _: iter([Account(number="5010")])).read_chart(CHART) == (Account(number="5010"),)


def test_a_file_that_is_not_a_chart_is_told_as_the_connector_says() -> None:
    with pytest.raises(ChartUnreadable, match=r"^Line 3 has no name\.$"):
        connector(read_chart=ChartUnreadable("Line 3\nhas no name.")).read_chart(CHART)


def test_a_file_that_is_not_a_chart_is_told_even_where_the_connector_says_nothing() -> None:
    with pytest.raises(ChartUnreadable, match="Ledgerly does not know this file as a chart of accounts"):
        connector(read_chart=ChartUnreadable()).read_chart(CHART)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "must return several Account values"),
        ([Account(number="5010"), Account(number="5010")], "more than once"),
    ],
)
def test_a_wrong_chart_is_refused(answer: Any, said: str) -> None:
    with pytest.raises(ContractBroken, match=said):
        connector(read_chart=answer).read_chart(CHART)


def test_a_chart_is_not_asked_of_a_connector_that_cannot_read_one() -> None:
    guarded = connector(info=without(Capability.READ_CHART), read_chart=SystemExit("called"))
    assert not guarded.can(Capability.READ_CHART)
    with pytest.raises(NotCapable, match="Ledgerly cannot read a chart from a file"):
        guarded.read_chart(CHART)


def test_a_session_that_lacks_what_the_capabilities_promise_is_refused_and_closed() -> None:
    closed: list[str] = []

    class Short:
        def __getattr__(self, name: str) -> Any:
            if name in {"finish", "void"}:
                raise AttributeError(name)
            return lambda *_: closed.append(name)

    with pytest.raises(ContractBroken) as refused:
        connector(open=Short()).open(Connection(name="books", settings=Settings()))
    assert "of the session that open() returned, finish() is missing; of the session" in refused.value.message
    assert closed == ["close"]


def test_a_session_that_is_none_is_refused() -> None:
    with pytest.raises(ContractBroken, match=r"companies\(\) is missing"):
        connector(open=None).open(Connection(name="books", settings=Settings()))


def test_an_error_of_the_contract_while_opening_comes_through() -> None:
    class Closed(ScriptedConnector):
        def open(self, connection: Connection) -> Any:
            raise ReconnectNeeded("Connect again.")

    with pytest.raises(ReconnectNeeded, match="Connect again"):
        load(only=[Plugin(Closed({}, INFO))]).connector("ledgerly").open(Connection(name="b", settings=Settings()))


def test_settings_of_another_connector_are_refused_before_the_plugin_sees_them() -> None:
    with pytest.raises(TypeError, match="not those of the connector ledgerly"):
        connector().open(Connection(name="books", settings=Rich(journal="GJ")))


def test_a_plugin_cannot_change_how_the_hub_calculates() -> None:
    def post(_: object) -> Receipt:
        decimal.getcontext().prec = 2
        return POSTED

    session(post=post).post(entry())
    assert Decimal("4812.37") + Decimal("0.01") == Decimal("4812.38")


def test_every_error_of_the_host_is_one_that_callers_already_know() -> None:
    assert issubclass(ContractBroken, ConnectorError)
    assert issubclass(PluginFailed, ConnectorError)
    assert issubclass(NotCapable, ConnectorError)


def test_what_follows_from_settings_alone_is_asked_for_once_and_again_after_it_could_not_be_told() -> None:
    asked: list[str] = []

    def ask(answer: str) -> str:
        asked.append(answer)
        if answer == "no":
            raise ConnectorError("It could not be told.")
        return answer

    found = connector()
    with pytest.raises(ConnectorError):
        found.told_once(("label", "a"), partial(ask, "no"))
    told = [found.told_once(("label", settings), partial(ask, settings)) for settings in ("a", "a", "b", "a")]
    assert (told, asked) == (["a", "a", "b", "a"], ["no", "a", "b"])
