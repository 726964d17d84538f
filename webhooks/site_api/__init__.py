"""The Site Assistants API: instructions, files, chat."""
