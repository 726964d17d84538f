"""The Assistants Admin API: assistants, their tools, APIs, routes and threads, and one evaluation."""
