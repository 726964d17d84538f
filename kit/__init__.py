"""What any part may use: no word of the practice in it."""
