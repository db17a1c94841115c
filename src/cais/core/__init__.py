"""Values, canonical documents and pure decisions: no Django, no database, no network."""
