"""What the search over the practice's files knows about words."""
