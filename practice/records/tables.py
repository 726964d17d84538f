"""All the tables together: importing this makes the metadata whole."""

from practice.records import (
    accounts,
    assistants,
    bookings,
    clients,
    follow_ups,
    handoff,
    partners,
    practices,
    staff,
    threads,
)
from practice.records.base import Base

FAMILIES = (accounts, assistants, bookings, clients, follow_ups, handoff, partners, practices, staff, threads)
metadata = Base.metadata
