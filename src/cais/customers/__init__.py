"""Customers of the group: one per CPF or CNPJ, whoever sold to them."""
