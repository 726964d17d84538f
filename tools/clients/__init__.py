"""The HTTP clients of the endpoints behind the function tools."""
