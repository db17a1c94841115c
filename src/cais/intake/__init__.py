"""The reading half of the engine: pull, keep raw, understand, record."""
