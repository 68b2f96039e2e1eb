"""The web: pages and the REST API, on the use cases."""
