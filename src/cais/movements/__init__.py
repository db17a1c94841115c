"""*Movimentação*: which company's stock serves an order, and what of it is promised."""
