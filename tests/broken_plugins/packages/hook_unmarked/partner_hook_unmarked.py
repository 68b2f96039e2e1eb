"""Forgets to mark its hook."""


def hub_connectors() -> list[object]:
    return []
