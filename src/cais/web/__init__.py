"""Pages: views that choose and show; whatever a page does, a service does."""
