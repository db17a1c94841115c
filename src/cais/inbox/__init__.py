"""*Caixa de erros*: what waits for a person, by cause."""
