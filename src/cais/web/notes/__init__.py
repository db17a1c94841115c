"""Notes on the screens: their rows, their filters and their words."""
