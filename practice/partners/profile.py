"""A bot and its practice as the Partner API describes them."""

from datetime import date, timedelta
from typing import Any

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
from kit.copying import copy_fields
from practice.partners.views import BotView
from practice.records.practices import Practice, Practitioner, Service


def describe(bot: BotView) -> BotProfile:
    """Describe a bot as its partner registered it, its webhook without the secret."""
    return copy_fields(
        BotProfile,
        bot,
        phone_numbers=list(bot.phone_numbers),
        scheduling=None if bot.webhook_url is None else BotScheduling(webhook_url=bot.webhook_url),
    )


def practice_facts(practice: Practice, today: date) -> PracticeFacts:
    """Describe what a bot may say of a practice, loaded whole; special days past its today are left out."""
    rules = practice.rules or {}
    services = [one for one in practice.services if one.active]
    return copy_fields(
        PracticeFacts,
        practice,
        **_times(practice, None, today),
        services=[_service(one) for one in services if one.bookable],
        other_services=[_service(one) for one in services if not one.bookable],
        practitioners=[_practitioner(one, practice, today) for one in practice.practitioners if one.active],
        kind="medical" if practice.kind == "medical" else "dental",
        languages=practice.languages or [],
        assistant_name=practice.persona,
        announce_assistant=(practice.privacy or {}).get("announce_assistant", True),
        emergency_rules=[EmergencyRule.model_validate(one) for one in rules.get("emergencies", ())],
        rules=PracticeRules.model_validate(
            {name: one for name, one in rules.items() if name != "emergencies"}
        ),
    )


def _service(row: Service) -> ServiceFacts:
    return copy_fields(ServiceFacts, row, aliases=list(row.aliases))


def _times(practice: Practice, practitioner_id: str | None, today: date) -> dict[str, Any]:
    """Give the hours and special days of one practitioner, or the practice's own."""
    special = [
        (one.first_day + timedelta(days=after), one)
        for one in practice.special_days
        if one.practitioner_id == practitioner_id
        for after in range((one.last_day - one.first_day).days + 1)
    ]
    return {
        "hours": [
            DayHours(
                weekday=one.weekday,
                opens=_clock_time(one.opens_minute),
                closes=_clock_time(one.closes_minute),
            )
            for one in practice.hours
            if one.practitioner_id == practitioner_id
        ],
        "closures": [
            Closure(date=day, name="" if practitioner_id else one.name)  # why somebody is away is theirs
            for day, one in special
            if day >= today and not one.hours
        ],
        "special_hours": [
            SpecialHours(date=day, opens=opens, closes=closes, name=one.name)
            for day, one in special
            if day >= today
            for opens, closes in (hours.split("-") for hours in one.hours)
        ],
    }


def _practitioner(row: Practitioner, practice: Practice, today: date) -> PractitionerFacts:
    return copy_fields(
        PractitionerFacts,
        row,
        **_times(practice, row.id, today),
        service_ids=[link.service_id for link in row.performs],
        languages=row.languages or [],
    )


def _clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
