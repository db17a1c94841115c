"""Configured accounts at vendors: settings, secrets, tokens, health and the call budget."""
