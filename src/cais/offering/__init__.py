"""How much of each product a store may offer: the rule that people set, and the figure it gives (feature D6)."""
