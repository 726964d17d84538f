"""Every door that HTTP comes in by."""
