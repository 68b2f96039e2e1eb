"""Has settings under other names than their fields."""

from partner_healthy import Ledger, info
from pydantic import BaseModel, ConfigDict, Field

from hub.api import hookimpl


class Settings(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    journal: str = Field("", alias="Journal")


class Broken(Ledger):
    info = info("settings_have_aliases", settings=Settings)


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
