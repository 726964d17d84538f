"""OAuth 2 clients of the Assistants Admin API."""
