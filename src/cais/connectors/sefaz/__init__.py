"""The tax authority: authorisers by state, the wire to them, and their simulator."""
