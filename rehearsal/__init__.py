"""A phone exchange and callers in a box: place calls to any bot that speaks Twilio's wire protocol."""
