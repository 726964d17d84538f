"""A site's assistants: instructions and files."""
