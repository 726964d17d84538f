"""Sites: the places of practices, which have assistants."""
