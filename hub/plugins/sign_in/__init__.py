"""Signing in to accounting systems: the flow that a person goes through, renewed tokens, and requests signed with them."""
