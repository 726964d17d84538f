"""All the tables together: importing this makes the metadata whole."""

from practice.records import (  # noqa: F401 - each brings its tables
    accounts,
    assistants,
    audit,
    bookings,
    chat_sessions,
    conversations,
    follow_ups,
    identity,
    installation,
    integrators,
    legal_holds,
    partners,
    practices,
    staff,
    staff_messages,
)
from practice.records.base import Base

metadata = Base.metadata
