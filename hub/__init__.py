"""The Inventory Hub: from a count of the stock to a balanced journal in the general ledger."""

__version__ = "0.1.0"
