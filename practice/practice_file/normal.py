"""One way to write a practice file: two that mean the same are equal."""

from typing import TypeVar

from practice.practice_file.model import PracticeFile, PractitionerSection

T = TypeVar("T")


def normalised(file: PracticeFile) -> PracticeFile:
    """Put what has no order in order, and leave out what is as by default."""
    return file.model_copy(
        update={
            "practice": file.practice.model_copy(
                update={
                    "say_as": _unless(file.practice.say_as, file.practice.name),
                    # The first is the one that is told; the others have no order.
                    "phone_numbers": [
                        *file.practice.phone_numbers[:1],
                        *sorted(file.practice.phone_numbers[1:]),
                    ],
                }
            ),
            "special_days": sorted(
                (one.model_copy(update={"last": _unless(one.last, one.first)}) for one in file.special_days),
                key=lambda one: one.days,
            ),
            "services": [
                one.model_copy(update={"say_as": _unless(one.say_as, one.name)}) for one in file.services
            ],
            "practitioners": [_person(one, file) for one in file.practitioners],
            "assistant": file.assistant.model_copy(update={"code": file.code}),
            "staff": sorted(file.staff, key=lambda one: one.email),
        }
    )


def _person(one: PractitionerSection, file: PracticeFile) -> PractitionerSection:
    does = set(file.services_of(one))
    ordered = [service.name for service in file.services if service.name in does]
    absences = [away.model_copy(update={"last": _unless(away.last, away.first)}) for away in one.absences]
    return one.model_copy(
        update={
            "say_as": _unless(one.say_as, one.name),
            "services": None if len(ordered) == len(file.services) else ordered,
            "hours": one.hours if one.hours is not None and one.hours.any else None,
            "absences": sorted(absences, key=lambda away: away.days),
        }
    )


def _unless(value: T | None, default: T) -> T | None:
    return None if value == default else value
