"""Enabling a connector for a company: how far it is, what is still missing, and a dry run; moving; trying it in a test copy."""
