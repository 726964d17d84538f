"""A bot and its practice as the Partner API describes them."""

from datetime import date

from contracts.partner import (
    BotProfile,
    BotScheduling,
    Closure,
    DayHours,
    PracticeFacts,
    PractitionerFacts,
    ServiceFacts,
)
from practice.partners.views import BotView
from practice.records.practices import Practice


def describe(bot: BotView) -> BotProfile:
    """Describe a bot as its partner registered it, its webhook without the secret."""
    return BotProfile(
        id=bot.id,
        name=bot.name,
        account_id=bot.account_id,
        site_id=bot.site_id,
        assistant_id=bot.assistant_id,
        phone_numbers=list(bot.phone_numbers),
        language=bot.language,
        timezone=bot.timezone,
        transfer_number=bot.transfer_number,
        scheduling=None if bot.webhook_url is None else BotScheduling(webhook_url=bot.webhook_url),
        guards_slots=bot.guards_slots,
        confirmation_sms=bot.confirmation_sms,
        reminder_sms=bot.reminder_sms,
        created_at=bot.created_at,
        updated_at=bot.updated_at,
    )


def practice_facts(practice: Practice, today: date) -> PracticeFacts:
    """Describe what a bot may say of a practice; closures that are past are left out.

    Args:
        practice: Loaded with hours, closures, services and practitioners.
        today: In the practice's time zone.
    """
    return PracticeFacts(
        name=practice.name,
        phone=practice.phone,
        address=practice.address,
        timezone=practice.timezone,
        hours=[
            DayHours(
                weekday=one.weekday,
                opens=_clock_time(one.opens_minute),
                closes=_clock_time(one.closes_minute),
            )
            for one in practice.hours
            if one.practitioner_id is None
        ],
        closures=[
            Closure(date=one.day, name=one.name)
            for one in practice.closures
            if one.practitioner_id is None and one.day >= today
        ],
        services=[
            ServiceFacts(
                id=one.id,
                name=one.name,
                duration_minutes=one.duration_minutes,
                aliases=list(one.aliases),
            )
            for one in practice.services
            if one.active
        ],
        practitioners=[
            PractitionerFacts(id=one.id, name=one.name) for one in practice.practitioners if one.active
        ],
        horizon_days=practice.horizon_days,
        min_notice_minutes=practice.min_notice_minutes,
    )


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
