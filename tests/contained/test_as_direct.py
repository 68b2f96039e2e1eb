"""A contained connector passes the checks that it passes in the hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.api import Connector
from hub.plugins.contained.children import Children
from hub.plugins.contained.plugin import ContainedPlugin, loaded
from hub.plugins.contained.process import Containment
from hub.plugins.origin import Origin
from hub.testing.conformance.suite import judge_all
from hub.testing.connector import FakeConnector
from hub.testing.connector.stand import Stand, make_stand

HOSTS_OWN = {"text.memos"}
"""Memos with a NUL, which the ledger echoes and the host refuses from any plugin: the suite looks at sessions before it does."""


@pytest.fixture
def fake(containment: Containment) -> Iterator[Connector]:
    """The fake ledger's connector in processes of its own."""
    children = Children(Origin(name="fake", distribution="fake", version="1"), "hub.testing.connector", containment)
    plugin = loaded(children)
    assert isinstance(plugin, ContainedPlugin)
    (connector,) = plugin.hub_connectors()
    yield connector
    children.close()


@pytest.mark.soak
def test_a_contained_connector_passes_the_checks_that_it_passes_in_the_hub(fake: Connector) -> None:
    def direct(currency: str) -> Stand:
        return replace(make_stand(currency), connector=FakeConnector())

    def contained(currency: str) -> Stand:
        return replace(make_stand(currency), connector=fake)

    in_the_hub, apart = judge_all(direct, full=False), judge_all(contained, full=False)
    assert {each.check.id for each in in_the_hub if not each.passed} == set()
    assert {each.check.id for each in apart if not each.passed} == HOSTS_OWN
    assert [each.applies for each in apart] == [each.applies for each in in_the_hub]
    assert sum(each.applies for each in apart) > 40
