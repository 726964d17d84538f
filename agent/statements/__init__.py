"""What may be said: each sentence is checked against the conversation."""
