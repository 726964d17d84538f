"""The language model: services, messages, prompt."""
