"""What a caller leaves for the practice's people."""
