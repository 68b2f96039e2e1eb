"""The vendor's schemas, read once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from plugins.netsuite.tests.vendor import VERSION, VendorSchema


@pytest.fixture(scope="session")
def vendor(shared: Path) -> VendorSchema:
    return VendorSchema(shared)


@pytest.fixture
def vendor_account_kinds(shared: Path) -> set[str]:
    """The kinds of accounts of the vendor's schema, as the connector knows them: in lower case without underscore."""
    types = etree.parse(str(shared / "specs" / "netsuite" / VERSION / "xsd" / "lists.accountingTypes.xsd"))
    kinds = types.iterfind(".//{*}simpleType[@name='AccountType']//{*}enumeration")
    return {each.get("value").removeprefix("_").lower() for each in kinds}
