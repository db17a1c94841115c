"""Goods on the screens: what a store may show and ask of each product, and where its units lie."""
