"""Postings on their way to the accounting system: exactly once, whatever fails."""
