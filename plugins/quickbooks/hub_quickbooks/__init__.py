"""Journals posted to QuickBooks Online."""
