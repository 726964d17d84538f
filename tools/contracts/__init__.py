"""The wire models of the endpoints that the function tools call."""
