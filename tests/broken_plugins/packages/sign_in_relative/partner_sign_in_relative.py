"""Signs in at an address without a host."""

from partner_healthy import Ledger, info

from hub.api import OAuth2, hookimpl


class Broken(Ledger):
    info = info("sign_in_relative", sign_ins=(OAuth2(authorize_url="/sign-in", token_url="/token", scopes=()),))


@hookimpl
def hub_connectors() -> list[Ledger]:
    return [Broken()]
