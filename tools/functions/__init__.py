"""The functions that the model may call, a file a subject."""
