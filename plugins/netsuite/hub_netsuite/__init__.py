"""Journals to NetSuite, over SuiteTalk SOAP with token-based authentication or over its REST services with OAuth 2.0."""
