"""The deterministic receptionist: a pure function from a conversation to the next thing to say or call."""
