"""*Dicionário de status*: a store's words, what they mean to us, and what we write back."""
