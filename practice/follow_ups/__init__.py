"""What is done after a booking, durably."""
