"""Pages of orders: the list, one order, what moves, takes in, ships and sells it."""
