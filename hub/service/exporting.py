"""Exports from start to end: freeze, files, confirm, undo, close a site."""

from hub.service.closing import close_site
from hub.service.companies import retire_category
from hub.service.filing import files, one_file
from hub.service.freezing import export, exports, show_export
from hub.service.undoing import confirm, preview_undo, undo

__all__ = [
    "close_site",
    "confirm",
    "export",
    "exports",
    "files",
    "one_file",
    "preview_undo",
    "retire_category",
    "show_export",
    "undo",
]
