"""Calls and chats with their messages in order."""
