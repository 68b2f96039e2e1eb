"""The connector for NetSuite."""
