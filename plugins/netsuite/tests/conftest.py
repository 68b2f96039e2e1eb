"""The vendor's schemas, read once for all tests; houses whose books are the sandbox, copied from ones that were set up once."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import make_url

from plugins.netsuite.tests.house import Make, NetSuiteHouse
from plugins.netsuite.tests.vendor import VERSION, VendorSchema
from tests.conftest import SqliteDatabases


@pytest.fixture(scope="session")
def vendor(shared: Path) -> VendorSchema:
    return VendorSchema(shared)


@pytest.fixture
def vendor_account_kinds(shared: Path) -> set[str]:
    """The kinds of accounts of the vendor's schema, as the connector knows them: in lower case without underscore."""
    types = etree.parse(str(shared / "specs" / "netsuite" / VERSION / "xsd" / "lists.accountingTypes.xsd"))
    kinds = types.iterfind(".//{*}simpleType[@name='AccountType']//{*}enumeration")
    return {each.get("value").removeprefix("_").lower() for each in kinds}


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("netsuite"))


@pytest.fixture(scope="session")
def counted(databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The database of a house with one count to export, by its interface; beside it the home with its keys."""
    made: dict[str, Path] = {}

    def counted_over(transport: str) -> Path:
        if transport not in made:
            folder = tmp_path_factory.mktemp(f"netsuite-house-{transport}")
            url = databases.migrated()
            house = NetSuiteHouse(url, folder / "home", transport)
            house.set_up()
            house.counts()
            house.close()
            made[transport] = folder / "counted.sqlite"
            shutil.copyfile(Path(str(make_url(url).database)), made[transport])
            with closing(sqlite3.connect(made[transport])) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return made[transport]

    return counted_over


@pytest.fixture
def make_house(databases: SqliteDatabases, counted: Callable[[str], Path], tmp_path: Path) -> Iterator[Make]:
    made: list[NetSuiteHouse] = []

    def make(transport: str = "soap") -> NetSuiteHouse:
        url = databases.empty()
        source = counted(transport)
        shutil.copyfile(source, Path(str(make_url(url).database)))
        home = tmp_path / str(len(made))
        shutil.copytree(source.parent / "home", home)
        made.append(NetSuiteHouse(url, home, transport))
        made[-1].sign_in()
        made[-1].sent.clear()
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture
def house(make_house: Make, request: pytest.FixtureRequest) -> NetSuiteHouse:
    """A house with one count to export: over SOAP, unless a test asks for another interface."""
    return make_house(getattr(request, "param", "soap"))
