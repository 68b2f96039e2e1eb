"""Journals to Xero, as manual journals over its Accounting API."""
