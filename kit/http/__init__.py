"""HTTP to servers that somebody named to us."""
