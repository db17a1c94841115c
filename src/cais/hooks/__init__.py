"""Avisos da loja: a store says "look here", we write it down, answer, and look sooner."""
