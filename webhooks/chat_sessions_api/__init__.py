"""The Chat Sessions API: what a person of the practice takes over from the bot."""
