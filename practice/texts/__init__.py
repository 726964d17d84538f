"""Text messages that come back from patients."""
