"""Names an object that its module does not have."""
