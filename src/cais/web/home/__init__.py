"""The figures and charts of the Painel."""
