"""What is kept about a patient: found, given to them, and erased."""
