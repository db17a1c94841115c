"""Pages of connections: each one, what its words mean to Cais, who serves it, and what it brought."""
