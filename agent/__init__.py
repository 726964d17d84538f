"""The conversation: a call or a chat, turn by turn."""
