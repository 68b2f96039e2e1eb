"""The connector for accounting systems that take journals as files, IIF or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pydantic import BaseModel

from hub.api import (
    Account,
    Capability,
    Connection,
    Connector,
    ConnectorInfo,
    File,
    Guarantee,
    Limits,
    NoSignIn,
    Session,
    hookimpl,
)
from hub_csv_iif.chart import read_account_list
from hub_csv_iif.file_checks import lines_per_entry
from hub_csv_iif.session import FileSession
from hub_csv_iif.settings import Settings
from hub_csv_iif.wire import LAYOUTS


class CsvIif:
    """Writes each journal entry as a file that a person imports."""

    info = ConnectorInfo(
        id="csv_iif",
        name="CSV and IIF files",
        settings=Settings,
        guarantee=Guarantee.PERSON,
        sign_ins=(NoSignIn(),),
        capabilities=frozenset({Capability.FILES, Capability.READ_CHART}),
        entry_dimensions=("subsidiary",),
    )

    def label(self, settings: BaseModel) -> str:
        """Return the name of the accounting system that imports the layout's files."""
        return LAYOUTS[_own(settings).layout].label

    def limits(self, settings: BaseModel) -> Limits:
        """Return what a file of the layout bears, which differs between layouts."""
        own = _own(settings)
        return replace(LAYOUTS[own.layout].limits, lines_per_entry=lines_per_entry(own))

    def open(self, connection: Connection) -> Session:
        """Return a session that writes files for one set of books."""
        return FileSession(connection, _own(connection.settings))

    def read_chart(self, file: File) -> Iterable[Account]:
        """Return the accounts of an exported `!ACCNT` list; raises ChartUnreadable."""
        return read_account_list(file.content)


def _own(settings: BaseModel) -> Settings:
    if not isinstance(settings, Settings):
        raise TypeError(f"settings of csv_iif expected, not {type(settings).__name__}")
    return settings


@hookimpl
def hub_connectors() -> Iterable[Connector]:
    """Return the connector for files."""
    return (CsvIif(),)
