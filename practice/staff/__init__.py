"""The practice's staff, who log in."""
