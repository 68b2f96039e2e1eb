"""What roles and features are called."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.access import Feature, Role

ROLES: Mapping[Role, tuple[str, str]] = {
    Role.VIEWER: ("Viewer", "looks at entries, reports and Export History"),
    Role.EXPORTER: ("Exporter", "also exports, undoes and imports"),
    Role.ADMINISTRATOR: ("Administrator", "also sets up the accounting, gives access and reads the audit trail"),
}
"""What each role is called, and what it is for."""
SWITCHES: Mapping[str, str] = {
    Feature.EXPORT: "Export and undo",
    Feature.IMPORT: "Imports",
    Feature.SETUP: "Set-up and Company Settings",
    Feature.PEOPLE: "Users and access",
    Feature.AUDIT: "Audit trail",
}
