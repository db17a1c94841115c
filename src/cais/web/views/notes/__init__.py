"""Pages of notes: the list, one note, issuing many, and the buyer's DANFE."""
