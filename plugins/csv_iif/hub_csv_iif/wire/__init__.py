"""The seven layouts, and how a journal entry becomes a file of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.api import File, JournalEntry
from hub_csv_iif.settings import LayoutName, Settings
from hub_csv_iif.text import TextRule, rewrite
from hub_csv_iif.wire.generic import GENERIC
from hub_csv_iif.wire.iif import IIF
from hub_csv_iif.wire.layout import Cell, Layout, Name
from hub_csv_iif.wire.netsuite import NETSUITE
from hub_csv_iif.wire.quickbooks_online import QUICKBOOKS_ONLINE
from hub_csv_iif.wire.sage_50 import SAGE_50
from hub_csv_iif.wire.sage_intacct import SAGE_INTACCT
from hub_csv_iif.wire.xero import XERO

__all__ = ["LAYOUTS", "write_file"]

LAYOUTS: Mapping[LayoutName, Layout] = MappingProxyType(
    {layout.name: layout for layout in (IIF, QUICKBOOKS_ONLINE, XERO, NETSUITE, SAGE_INTACCT, SAGE_50, GENERIC)}
)


def write_file(entry: JournalEntry, settings: Settings) -> File:
    """Return the file of an entry that the layout can hold; the same entry and settings give the same bytes."""
    layout = LAYOUTS[settings.layout]
    table = layout.table(entry, settings)
    rows = [[_cell_text(cell, layout.rule) for cell in row] for row in (table.header, *table.rows)]
    content = layout.join(rows).encode(layout.rule.encoding)
    return File(name=f"{entry.reference}{layout.suffix}", content=content, media_type=layout.media_type)


def _cell_text(cell: Cell, rule: TextRule) -> str:
    if isinstance(cell, str):
        return cell
    rewritten = rewrite(cell.text, rule, cell.length)
    if isinstance(cell, Name) and rewritten.changes:
        raise ValueError(f"the {cell.what} would arrive as another name; a name is refused, never changed")
    return rewritten.text
