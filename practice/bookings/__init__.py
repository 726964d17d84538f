"""Bookings: the ledger, and the service in front of it."""
