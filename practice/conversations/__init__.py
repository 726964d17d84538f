"""Calls, chats and threads as they happened."""
