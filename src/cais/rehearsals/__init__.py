"""*Ensaio*: what would be said outside, field by field, kept as a plan and applied exactly as it was seen."""
