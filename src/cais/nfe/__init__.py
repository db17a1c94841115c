"""*Notas fiscais*: how a company invoices, the numbers it takes, and the life of each NF-e from order to store."""
