"""The public holidays on which the demo practice is closed."""

from datetime import date, timedelta

MONDAY, THURSDAY = 0, 3


def holidays(year: int) -> list[tuple[date, str]]:
    """List a year's closures."""
    thanksgiving = _nth(year, 11, THURSDAY, 4)
    return [
        (date(year, 1, 1), "New Year's Day"),
        (_nth(year, 1, MONDAY, 3), "Martin Luther King Jr. Day"),
        (_nth(year, 6, MONDAY, 1) - timedelta(days=7), "Memorial Day"),
        (date(year, 7, 4), "Independence Day"),
        (_nth(year, 9, MONDAY, 1), "Labor Day"),
        (thanksgiving, "Thanksgiving"),
        (thanksgiving + timedelta(days=1), "the day after Thanksgiving"),
        (date(year, 12, 24), "Christmas Eve"),
        (date(year, 12, 25), "Christmas Day"),
    ]


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
