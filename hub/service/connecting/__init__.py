"""Connecting a customer's books: signing in to their accounting system, keeping the access alive, and ending it."""
