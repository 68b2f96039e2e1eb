"""Has secrets typed in and signs nothing with them."""

from partner_healthy import Ledger, info
from pydantic import BaseModel, ConfigDict, SecretStr

from hub.api import SecretFields, hookimpl


class Secrets(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    api_key: SecretStr


class Broken(Ledger):
    info = info("sign_missing", sign_ins=(SecretFields(model=Secrets),))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
