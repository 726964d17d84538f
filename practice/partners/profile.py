"""A bot and its practice as the Partner API describes them."""

from datetime import date, timedelta

from contracts.emergencies import EmergencyRule
from contracts.partner import (
    BotProfile,
    BotScheduling,
    Closure,
    DayHours,
    PracticeFacts,
    PractitionerFacts,
    ServiceFacts,
)
from contracts.practice_rules import PracticeRules, SpecialHours
from practice.partners.views import BotView
from practice.records.practices import Practice, Practitioner, Service


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
    """Describe what a bot may say of a practice; special days that are past are left out.

    Args:
        practice: Loaded with hours, special days, services, and practitioners with what they perform.
        today: In the practice's time zone.
    """
    rules = practice.rules or {}
    services = [one for one in practice.services if one.active]
    special = [
        (one.first_day + timedelta(days=after), one)
        for one in practice.special_days
        if one.practitioner_id is None
        for after in range((one.last_day - one.first_day).days + 1)
    ]
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
        closures=[Closure(date=day, name=one.name) for day, one in special if day >= today and not one.hours],
        special_hours=[
            SpecialHours(date=day, opens=opens, closes=closes, name=one.name)
            for day, one in special
            if day >= today
            for opens, closes in (hours.split("-") for hours in one.hours)
        ],
        services=[_service(one) for one in services if one.bookable],
        other_services=[_service(one) for one in services if not one.bookable],
        practitioners=[_practitioner(one) for one in practice.practitioners if one.active],
        horizon_days=practice.horizon_days,
        min_notice_minutes=practice.min_notice_minutes,
        say_as=practice.say_as,
        website=practice.website,
        kind="medical" if practice.kind == "medical" else "dental",
        languages=practice.languages or [],
        greeting=practice.greeting,
        assistant_name=practice.persona,
        announce_assistant=(practice.privacy or {}).get("announce_assistant", True),
        emergency_number=practice.emergency_number,
        emergency_rules=[EmergencyRule.model_validate(one) for one in rules.get("emergencies", ())],
        rules=PracticeRules.model_validate(
            {name: one for name, one in rules.items() if name != "emergencies"}
        ),
        offers=practice.offers,
    )


def _service(row: Service) -> ServiceFacts:
    return ServiceFacts(
        id=row.id,
        name=row.name,
        duration_minutes=row.duration_minutes,
        aliases=list(row.aliases),
        say_as=row.say_as,
        price=row.price,
        new_patients=row.new_patients,
    )


def _practitioner(row: Practitioner) -> PractitionerFacts:
    return PractitionerFacts(
        id=row.id,
        name=row.name,
        say_as=row.say_as,
        service_ids=[link.service_id for link in row.performs],
        languages=row.languages or [],
    )


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
