"""The demo company: an invented restaurant group with half a year of counts, loaded through the use cases."""
