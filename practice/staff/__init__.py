"""The people of a practice who may log in."""
