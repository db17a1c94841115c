"""*Exportar produtos*: what of the register a store is given, made there once, read back, and kept equal afterwards."""
