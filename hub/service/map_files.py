"""A connection's maps as the files that import takes: importing one again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.service.context import Hub
from hub.service.importing import KINDS
from hub.service.imports import table_csv
from hub.service.report_files import guarded
from hub.service.scope import reading
from hub.store.mapping_rows import WrittenMap, written_maps

KINDS_OF_MAPS = ("account-map", "site-map")


def map_file(hub: Hub, company: str, connection: str | None, kind: str) -> tuple[str, bytes]:
    """Return a connection's name, and its maps of one of KINDS_OF_MAPS as CSV; raises NotFound and Refused.

    An account whose name a spreadsheet would take for a formula is named by its number or id alone, where it has one.
    """
    with reading(hub, company) as rows:
        name = rows.books(connection).name
        if kind == "account-map":
            written = written_maps(rows.connection, rows.company_id, rows.connection_row(name)["id"])
            table: Iterable[Sequence[str]] = [_account_row(each, name) for each in written]
        else:
            sites = sorted(rows.setup.site_maps.get(name, {}).items())
            table = [(site, one, value, name) for site, values in sites for one, value in sorted(values.items())]
    return name, table_csv([[column.name for column in KINDS[kind].columns], *table])


def _account_row(written: WrittenMap, connection: str) -> Sequence[str]:
    name = written.account_name
    if (written.account_id or written.account_number) and guarded(name) != name:
        name = ""
    return written.gl_account, written.account_number, name, written.account_id, connection
