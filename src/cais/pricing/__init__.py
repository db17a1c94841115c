"""What each store asks for each product: its price list, the products that differ, promotions by day."""
