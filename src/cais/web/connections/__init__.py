"""Connections on the screens: how each is, what its runs and readings did, and what may be done with it."""
