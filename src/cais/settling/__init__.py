"""Bringing an order in line with its facts: reservations, holds, movement, and what is wished of the outside."""
