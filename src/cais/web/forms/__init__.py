"""Forms of the screens: what is typed, checked and turned into the arguments of a service."""
