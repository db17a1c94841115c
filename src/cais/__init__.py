"""Cais: the dock between a merchant's online stores and the merchant's back office."""

__version__ = "0.1.0"
