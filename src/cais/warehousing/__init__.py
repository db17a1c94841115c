"""Work in the warehouses: goods carried from one to another, and the count of what is really there."""
