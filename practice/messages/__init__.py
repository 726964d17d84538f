"""Messages for the practice's staff."""
