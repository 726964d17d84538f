"""The way out to addresses that others name: to the public internet, and where the operator allows."""
