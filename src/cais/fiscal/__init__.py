"""The fiscal core: frozen documents in, bytes out. No Django, no database, no network."""
