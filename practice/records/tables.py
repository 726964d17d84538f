"""All the tables together: importing this makes the metadata whole."""

from practice.records import (
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

FAMILIES = (
    accounts,
    assistants,
    audit,
    bookings,
    chat_sessions,
    integrators,
    installation,
    follow_ups,
    identity,
    legal_holds,
    staff_messages,
    partners,
    practices,
    staff,
    conversations,
)
metadata = Base.metadata
