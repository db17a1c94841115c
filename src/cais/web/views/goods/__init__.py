"""Pages of products: the register, its stock, and what stores show and ask."""
