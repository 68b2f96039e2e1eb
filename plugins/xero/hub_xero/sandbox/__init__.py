"""A local stand-in for Xero: sign-in, connections, the Accounting API's paths that journals need, and kept books."""

from hub_xero.sandbox.sandbox import XeroSandbox

__all__ = ["XeroSandbox"]
