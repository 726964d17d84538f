"""A practice's files: text out of them, and passages found in it."""
