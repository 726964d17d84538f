"""All the tables together: importing this makes the metadata whole."""

from practice.records import (
    accounts,
    assistants,
    bookings,
    chat_sessions,
    conversations,
    follow_ups,
    integrators,
    partners,
    practices,
    staff,
    staff_messages,
)
from practice.records.base import Base

FAMILIES = (
    accounts,
    assistants,
    bookings,
    chat_sessions,
    integrators,
    follow_ups,
    staff_messages,
    partners,
    practices,
    staff,
    conversations,
)
metadata = Base.metadata
