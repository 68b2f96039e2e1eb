"""Telling people and programs of alarms: who is told, what, and what came of it."""
