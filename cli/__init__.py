"""The `chairside` command."""
