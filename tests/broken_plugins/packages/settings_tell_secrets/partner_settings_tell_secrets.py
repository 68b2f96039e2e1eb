"""Has settings whose errors repeat what was typed."""

from partner_healthy import Ledger, info
from pydantic import BaseModel

from hub.api import hookimpl


class Settings(BaseModel):
    password: str = ""


class Broken(Ledger):
    info = info("settings_tell_secrets", settings=Settings)


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
