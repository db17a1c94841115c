"""The screens: each view chooses and shows; the rules live in the rooms."""
