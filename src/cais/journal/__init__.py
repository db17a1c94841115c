"""What was said outside and what we decided, append-only: read by people, a source of truth for none."""
