"""The embedded calendar: opening hours, free windows, appointments."""
