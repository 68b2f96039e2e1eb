"""The REST API: what it offers is one table of operations, from which its routes and its OpenAPI document are made."""
