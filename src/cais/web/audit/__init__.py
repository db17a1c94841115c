"""What was changed and by whom, on the screens."""
