"""Every API that HTTP comes in by."""
