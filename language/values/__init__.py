"""Values that a sentence names: numbers, times, days, prices, lengths, telephone numbers."""
