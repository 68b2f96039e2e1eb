"""Plugins that do harm when they are imported: by name, what their module is, and the reason they are listed with."""

NEWER = """
from dataclasses import replace
import partner_moody as of
of.Connector.info = replace(of.Connector.info, api=2)
from partner_moody import hub_connectors
"""
TAKEN = (
    'The connector "moody" is brought by two plugins, "moody" of partner-moody 1.0 and "zweite" of partner-zweite 1.0; '
    'the first of them by distribution name, "moody" of partner-moody 1.0, stays.'
)
AT_IMPORT = {
    "raises": ("raise LookupError('no key file')", "It could not be loaded: LookupError: no key file."),
    "leaves": ("import sys; sys.exit('no licence')", "It could not be loaded: SystemExit: no licence."),
    "exits": (
        "import os; print('good bye', flush=True); os._exit(3)",
        "It could not be loaded: its process ended by itself (exit status 3); the last it printed is: good bye.",
    ),
    "crashes": (
        "import ctypes; ctypes.string_at(0)",
        "It could not be loaded: its process ended by itself (signal SIGSEGV).",
    ),
    "forks": (
        "import os; os.fork()",
        "It could not be loaded: PermissionError: [Errno 1] Operation not permitted.",
    ),
    "fills": ("kept = [bytearray(50_000_000) for _ in range(1000)]", "It could not be loaded: MemoryError."),
    "patches": (
        "import hub.plugins.contained.frames as frames; frames.Answer.model_dump_json = lambda *_: '{}'",
        "It could not be loaded: its process answered what is no answer, and was ended.",
    ),
    "newer": (
        NEWER,
        "Of its connector: info.api says version 2 of the plugin contract, and this hub speaks version 1.",
    ),
    "zweite": (
        "from partner_moody import hub_connectors",
        TAKEN,
    ),
}
