"""Writes the command reference of docs/cli.md from the commands themselves: python -m tests.cli.reference --write"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.cli.outcome import EXIT_CODES
from hub.cli.program import COMMANDS, load_command
from hub.cli.screen import DECISIONS, STATES, UNNAMED

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
BLOCK = re.compile(r"(<!-- (\w+): from the code -->\n).*?(<!-- end -->)", re.DOTALL)
SHARED = ("company", "home", "json", "help", "debug")


def renewed(text: str) -> str:
    """Return the page with each of its lists written from the code."""
    return BLOCK.sub(lambda found: f"{found[1]}{BLOCKS[found[2]]()}\n{found[3]}", text)


def commands() -> str:
    """Every command with its arguments and the options of its own, as people do things in that order."""
    parts = []
    panel = ""
    for name, (_, here, _line) in COMMANDS.items():
        if here != panel:
            parts.append(f"### {here}\n")
            panel = here
        parts += [_command(path, command) for path, command in _leaves(f"hub {name}", load_command(name))]
    return "\n".join(parts).strip()


def decisions() -> str:
    """What answers each problem."""
    rows = [
        f"| `{code}` | {' or '.join(f'`--decide {each.format_map(UNNAMED)}`' for each in shapes)} |"
        for code, shapes in DECISIONS.items()
    ]
    return "\n".join(["| problem | decision |", "|---|---|", *rows, "| any warning | `--decide acknowledge=CODE` |"])


def states() -> str:
    """The word for each state, and the exit code of an export that is in it."""
    rows = [f"| `{code}` | {word} | {EXIT_CODES.get(code, 1):d} |" for code, word in STATES.items()]
    return "\n".join(["| `state` | on the screen | exit code |", "|---|---|---|", *rows])


BLOCKS = {"commands": commands, "decisions": decisions, "states": states}


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    if getattr(command, "invoke_without_command", False):
        yield path, command
    for name, each in inner.items():
        yield from _leaves(f"{path} {name}", each)


def _command(path: str, command: Any) -> str:
    own = [each for each in command.params if each.name not in SHARED]
    arguments = [each for each in own if each.param_type_name == "argument"]
    options = [each for each in own if each.param_type_name == "option"]
    usage = " ".join([path, *(_usage(each) for each in [*arguments, *options])])
    lines = [f"- {_term(each)}: {each.help}" for each in own]
    return "\n".join([f"**`{usage}`**", "", _paragraph(command.help), "", *lines, ""] if lines else
                     [f"**`{usage}`**", "", _paragraph(command.help), ""])  # fmt: skip


def _usage(parameter: Any) -> str:
    text = _term(parameter).strip("`")
    repeated = " …" if getattr(parameter, "multiple", False) else ""
    return f"{text}{repeated}" if parameter.required else f"[{text}{repeated}]"


def _term(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    flag = getattr(parameter, "is_flag", False)
    return f"`{parameter.opts[0]}`" if flag else f"`{parameter.opts[0]} {parameter.metavar or parameter.name.upper()}`"


def _paragraph(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    page = renewed(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)
