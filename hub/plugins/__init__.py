"""The plugin host: finds plugins, admits the sound ones, and stands between them and the rest of the hub."""

from hub.plugins.connector import GuardedConnector
from hub.plugins.errors import (
    ContractBroken,
    NotCapable,
    PluginFailed,
    SecretsInvalid,
    SettingsInvalid,
    UnknownConnector,
)
from hub.plugins.loading import load
from hub.plugins.registry import BrokenPlugin, InstalledConnector, InstalledSandbox, KnownPlugin, Registry
from hub.plugins.session import GuardedSession

__all__ = [
    "BrokenPlugin",
    "ContractBroken",
    "GuardedConnector",
    "GuardedSession",
    "InstalledConnector",
    "InstalledSandbox",
    "KnownPlugin",
    "NotCapable",
    "PluginFailed",
    "Registry",
    "SecretsInvalid",
    "SettingsInvalid",
    "UnknownConnector",
    "load",
]
