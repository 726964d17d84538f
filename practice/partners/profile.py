"""A bot and its practice as the Partner API describes them."""

from datetime import date, datetime
from typing import Any

from practice.partners.views import BotView
from practice.records.practices import Practice


def describe(bot: BotView, practice: Practice | None, today: date) -> dict[str, Any]:
    """Describe a bot.

    Args:
        practice: Its practice with hours, closures, services and practitioners, if kept here.
        today: The practice's present day; closures before it are left out.

    Returns:
        The ``BotProfile`` of the Partner API.
    """
    return {
        **describe_briefly(bot),
        "practice": _facts(practice, today) if practice is not None else None,
    }


def describe_briefly(bot: BotView) -> dict[str, Any]:
    """Describe a bot by what its partner said of it.

    Returns:
        The ``BotProfile`` without the practice; a webhook without its secret.
    """
    return {
        "id": bot.id,
        "name": bot.name,
        "account_id": bot.account_id,
        "site_id": bot.site_id,
        "assistant_id": bot.assistant_id,
        "phone_numbers": list(bot.phone_numbers),
        "language": bot.language,
        "timezone": bot.timezone,
        "transfer_number": bot.transfer_number,
        "scheduling": None if bot.webhook_url is None else {"webhook_url": bot.webhook_url},
        "guards_slots": bot.guards_slots,
        "confirmation_sms": bot.confirmation_sms,
        "reminder_sms": bot.reminder_sms,
        "created_at": _instant(bot.created_at),
        "updated_at": _instant(bot.updated_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _facts(practice: Practice, today: date) -> dict[str, Any]:
    return {
        "name": practice.name,
        "phone": practice.phone,
        "address": practice.address,
        "timezone": practice.timezone,
        "hours": [
            {
                "weekday": one.weekday,
                "opens": _clock_time(one.opens_minute),
                "closes": _clock_time(one.closes_minute),
            }
            for one in practice.hours
            if one.practitioner_id is None
        ],
        "closures": [
            {"date": one.day.isoformat(), "name": one.name}
            for one in practice.closures
            if one.practitioner_id is None and one.day >= today
        ],
        "services": [
            {
                "id": one.id,
                "name": one.name,
                "duration_minutes": one.duration_minutes,
                "aliases": list(one.aliases),
            }
            for one in practice.services
            if one.active
        ],
        "practitioners": [{"id": one.id, "name": one.name} for one in practice.practitioners if one.active],
        "horizon_days": practice.horizon_days,
        "min_notice_minutes": practice.min_notice_minutes,
    }


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
