"""The phone: media, voice activity, turns."""
