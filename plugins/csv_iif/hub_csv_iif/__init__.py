"""Journals as IIF and CSV files that accounting systems import."""
