"""The console: the practice's people at work, in a browser."""
