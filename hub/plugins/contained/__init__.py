"""Plugins that the operator has not trusted: each runs in child processes of its own, and the hub has stand-ins for it."""
