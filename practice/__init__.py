"""What the practice owns, behind the endpoints: sites, assistants, files, calendar, bookings, calls."""
