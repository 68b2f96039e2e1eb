"""The beginning of a partner's connector: a whole distribution, made of the connector for the fake ledger."""

from hub.testing.template.making import NameRefused, make_distribution

__all__ = ["NameRefused", "make_distribution"]
