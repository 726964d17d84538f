"""The bodies that the Partner API's document shows; the contract's own examples are among them."""

from typing import Any

BOT = "bot_01h2xcejqtf2nbrexx3vqjhp41"
BOOKING_ID = "bkg_01h2xcejqtf2nbrexx3vqjhp41"
KEY = "booking-req-123456"

SEARCH: dict[str, Any] = {
    "bot_id": BOT,
    "query": {
        "filter": {"start_at_range": {"start_at": "2024-01-15T09:00:00Z", "end_at": "2024-01-15T17:00:00Z"}}
    },
}
WINDOWS: dict[str, Any] = {
    "availabilities": [
        {"start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30},
        {"start_at": "2024-01-15T10:30:00Z", "duration_minutes": 30},
    ]
}
BOOK: dict[str, Any] = {
    "bot_id": BOT,
    "booking": {
        "start_at": "2024-01-15T10:00:00Z",
        "duration_minutes": 30,
        "customer": {"phone": "+15551234567", "name": "John Doe", "email": "john@example.com"},
        "notes": "Initial consultation - referred by AI assistant",
    },
}
BOOKED: dict[str, Any] = {
    "booking": {
        "id": BOOKING_ID,
        "status": "confirmed",
        "start_at": "2024-01-15T10:00:00Z",
        "end_at": "2024-01-15T10:30:00Z",
        "customer": {"phone": "+15551234567", "name": "John Doe"},
        "location": {"name": "Main Office", "address": "123 Main St, City, ST 12345"},
        "created_at": "2024-01-10T14:30:00Z",
    }
}
UNDER_WAY: dict[str, Any] = {
    "booking": {
        "id": "intent_01hkse4n1gf2nbrexx3vqjhp41",
        "status": "pending",
        "start_at": "2024-01-15T10:00:00Z",
        "end_at": "2024-01-15T10:30:00Z",
        "customer": {"phone": "+15551234567", "name": "John Doe"},
    }
}
FOUND: dict[str, Any] = {"bookings": [BOOKED["booking"]]}
NONE_FOUND: dict[str, Any] = {"bookings": []}
CANCEL: dict[str, Any] = {"bot_id": BOT, "cancellation": {"reason": "The patient is travelling."}}
CANCELLED: dict[str, Any] = {"booking": {**BOOKED["booking"], "status": "cancelled"}}
RESCHEDULE: dict[str, Any] = {
    "bot_id": BOT,
    "booking": {"start_at": "2024-01-16T11:00:00Z", "duration_minutes": 30},
}
RESCHEDULED: dict[str, Any] = {
    "booking": {**BOOKED["booking"], "start_at": "2024-01-16T11:00:00Z", "end_at": "2024-01-16T11:30:00Z"}
}
LOOKUP: dict[str, Any] = {"bot_id": BOT, "customer": {"phone": "+15551234567"}}
KNOWN: dict[str, Any] = {
    "found": True,
    "customer": {
        "name": "John Doe",
        "phone": "+15551234567",
        "existing_appointment": {
            "start_at": "2024-01-15T10:00:00Z",
            "end_at": "2024-01-15T10:30:00Z",
            "status": "confirmed",
        },
    },
}
UNKNOWN: dict[str, Any] = {"found": False}
HOLD: dict[str, Any] = {
    "bot_id": BOT,
    "slot": {"start_at": "2024-01-15T10:00:00Z", "duration_minutes": 30},
    "hold_seconds": 120,
}
HELD: dict[str, Any] = {
    "hold": {
        "id": "hold_01hkse4n1gf2nbrexx3vqjhp41",
        "start_at": "2024-01-15T10:00:00Z",
        "end_at": "2024-01-15T10:30:00Z",
        "expires_at": "2024-01-10T14:32:00Z",
        "practitioner": {"id": "prc_01hkse4n1gf2nbrexx3vqjhp41", "name": "Dr. Maya Lee"},
    }
}
LEAVE_MESSAGE: dict[str, Any] = {
    "bot_id": BOT,
    "message": {"customer": {"name": "John Doe", "phone": "+15551234567"}, "text": "Please call me back."},
}
LEFT_MESSAGE: dict[str, Any] = {
    "message": {"id": "msg_01hkse4n1gf2nbrexx3vqjhp41", "created_at": "2024-01-10T14:30:00Z"}
}
ACCOUNT = "acct_01h2xcejqtf2nbrexx3vqjhp41"
REGISTER: dict[str, Any] = {
    "name": "Main Office",
    "account_id": ACCOUNT,
    "phone_numbers": ["+15551230000"],
    "timezone": "America/New_York",
    "scheduling": {"webhook_url": "https://platform.example.com/dialstack"},
}
ROTATE: dict[str, Any] = {"scheduling": {"rotate_secret": True}}
_BOT: dict[str, Any] = {
    "id": BOT,
    "name": "Main Office",
    "account_id": ACCOUNT,
    "site_id": None,
    "assistant_id": None,
    "phone_numbers": ["+15551230000"],
    "language": "en-US",
    "timezone": "America/New_York",
    "transfer_number": None,
    "scheduling": {"webhook_url": "https://platform.example.com/dialstack"},
    "guards_slots": None,
    "confirmation_sms": False,
    "reminder_sms": False,
    "created_at": "2024-01-10T14:30:00Z",
    "updated_at": None,
}
BOTS: dict[str, Any] = {"bots": [_BOT], "next_page": None}
PROFILE: dict[str, Any] = {"bot": {**_BOT, "practice": None}}
REGISTERED: dict[str, Any] = {
    "bot": {
        **_BOT,
        "scheduling": {**_BOT["scheduling"], "webhook_secret": "whsec_3q2vAeC1bXZyT0pWnR8sKd"},
        "practice": None,
    }
}
