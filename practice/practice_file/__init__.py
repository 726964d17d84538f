"""The practice file: a folder that says everything a practice is, and how it becomes records and back."""
