"""Orders on the screens: the list, the page of one, its movement and division, in words and figures."""
