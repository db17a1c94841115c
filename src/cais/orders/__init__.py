"""Store orders as facts, and the situation that follows from them."""
