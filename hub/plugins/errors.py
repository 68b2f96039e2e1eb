"""What the plugin host raises, besides the errors of the contract.

ConnectorError (hub.api)
├── ContractBroken
├── PluginFailed
└── NotWritten (hub.api)
    └── NotCapable
LookupError
└── UnknownConnector
ValueError
├── SettingsInvalid
└── SecretsInvalid
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.api import ConnectorError, NotWritten, Problem


class ContractBroken(ConnectorError):
    """A plugin returned what the contract forbids; the message names the plugin, the method and what was wrong."""


class PluginFailed(ConnectorError):
    """A plugin raised what the contract does not know, in a call that writes nothing."""


class NotCapable(NotWritten):
    """The connector was asked for something that it does not claim to do; nothing was called."""


class UnknownConnector(LookupError):
    """No installed connector has this id; the message names those that are installed, and why a broken one is not."""


class SettingsInvalid(ValueError):
    """A connection's settings are not what its connector asks for.

    problems: one for each setting, none of which repeats a value that was given.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class SecretsInvalid(ValueError):
    """What was typed in is not what a connector's sign-in asks for.

    fields: what is wrong with each field, as the rest of a sentence that begins with its name; never a value. The name is
    empty for what is wrong with several together.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} {wrong}".strip() for name, wrong in fields.items()))
        self.fields = fields
