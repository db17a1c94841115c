"""End-to-end proofs: `make prove NAME=...`. What they count is written in docs/proofs.md."""
