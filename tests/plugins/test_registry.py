"""What is installed, in which order, and how quickly it is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from hub.api import SettledExport, hookimpl
from hub.plugins import UnknownConnector, load
from tests.plugins.scripted import INFO, Plugin, ScriptedConnector

SETTLED = SettledExport(
    company="kitchen",
    connection="books",
    export="E1",
    state="POSTED",
    count_date=date(2026, 10, 31),
    sequence=1,
    postings=(),
)


def brings(connector_id: str) -> Plugin:
    return Plugin(ScriptedConnector({}, replace(INFO, id=connector_id)))


def test_the_file_connector_comes_through_the_same_door_as_a_partners() -> None:
    installed = load().connectors["csv_iif"]
    assert installed.distribution == "inventory-hub-csv-iif"
    assert installed.connector.origin.name == "csv_iif"


def test_only_the_plugins_given_are_taken() -> None:
    assert list(load(only=[brings("second"), brings("first")]).connectors) == ["second", "first"]


def test_no_plugin_is_a_registry_too() -> None:
    registry = load(only=[])
    assert (dict(registry.connectors), dict(registry.sandboxes), registry.broken) == ({}, {}, ())


def test_the_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        load(only=[]).connectors["x"] = None  # type: ignore[index]


def test_an_unknown_connector_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UnknownConnector, match='There is no connector "third"; installed: first, second'):
        load(only=[brings("second"), brings("first")]).connector("third")


def test_a_connector_that_is_switched_off_is_told_as_such() -> None:
    with pytest.raises(UnknownConnector, match='"csv_iif" is switched off on this installation'):
        load(blocked=["csv_iif"]).connector("csv_iif")


def test_an_observer_may_leave_out_what_it_does_not_need_and_hears_once() -> None:
    class Observer:
        def __init__(self) -> None:
            self.heard = 0

        @hookimpl
        def hub_export_settled(self) -> None:
            self.heard += 1

    observer = Observer()
    load(only=[observer, brings("first")]).tell_settled(SETTLED)
    assert observer.heard == 1


def test_no_plugin_sees_what_another_brings() -> None:
    class Curious:
        """Asks for what it does not implement."""

        @hookimpl(tryfirst=True)
        def hub_connectors(self) -> list[object]:
            return []

    assert list(load(only=[brings("first"), Curious(), brings("second")]).connectors) == ["first", "second"]


def test_the_host_loads_neither_the_settings_library_nor_the_currency_table_before_a_plugin_needs_them() -> None:
    asked = "import sys, hub.plugins; print(*{'pydantic', 'iso4217', 'sqlmodel', 'typer'}.intersection(sys.modules))"
    run = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""
