"""Rows that wait: due time, lease, attempts and hold, the same for everything the engine works on."""
