"""The Partner API: availability, bookings, and the two extensions of the same door."""
