"""Booking platforms: signed, bounded, one circuit breaker a host."""
