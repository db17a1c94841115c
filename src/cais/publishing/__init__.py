"""The writing half of the engine: what we want said outside, what was acknowledged, and the loop between."""
