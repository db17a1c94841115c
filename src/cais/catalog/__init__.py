"""Products and kits, and how each store names them."""
