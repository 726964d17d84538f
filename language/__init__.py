"""Words in and out; it imports nothing of ours."""
