"""The demo company: an invented restaurant group with half a year of counts, loaded through the use cases."""

from hub.demo.loading import COMPANY, DemoNotLoaded, load
from hub.demo.showing import show

__all__ = ["COMPANY", "DemoNotLoaded", "load", "show"]
