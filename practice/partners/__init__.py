"""Partners, their keys and their bots."""
