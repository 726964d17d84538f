"""The door that Twilio comes in by: calls, their media, their end."""
