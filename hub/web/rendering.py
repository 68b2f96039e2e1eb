"""The templates: found, compiled once, everything in them escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from hub.web.words import amount, change, cost, counted, day, moment

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def environment() -> Environment:
    """Return the one environment of all templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    @pass_context
    def local_moment(context: Context, value: str, *, seconds: bool = False) -> str:
        return moment(value, context.get("zone") or "UTC", seconds=seconds)

    @pass_context
    def instant(context: Context, value: str, *, seconds: bool = False) -> str:
        """Return a stored instant as `moment` has it, or as it stands there where it is none any more."""
        try:
            return local_moment(context, value, seconds=seconds)
        except ValueError:
            return value

    made.filters |= {"amount": amount, "change": change, "cost": cost, "counted": counted, "day": day}
    made.filters["moment"] = local_moment
    made.filters["instant"] = instant
    made.globals |= {"static": static}
    return made


@cache
def static(name: str) -> str:
    """Return the address of a file of ours, which changes with its content, so that browsers keep it."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def warm(name: str = "") -> None:
    """Compile a template before it is asked for, with those that it stands on; all of them by default."""
    from jinja2.meta import find_referenced_templates

    made = environment()
    waiting = [name] if name else made.list_templates(extensions=["html"])
    while waiting:
        found = waiting.pop()
        made.get_template(found)
        if name:
            source = (HERE / "templates" / found).read_text("utf-8")
            waiting += [each for each in find_referenced_templates(made.parse(source)) if each]
