"""Twilio's webhooks: calls, their media, their end."""
