"""The examples of bots in the Partner API's document."""

from typing import Any

from contracts.partner import BOT

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
