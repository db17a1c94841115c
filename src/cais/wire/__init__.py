"""The only way out of Cais: guarded addresses, bounded answers, counted calls, redacted records."""
