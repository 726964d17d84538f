"""A practice to try everything on."""
