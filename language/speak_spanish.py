"""How dates, times, lists and digits are said in Spanish; as ``speak`` does in English."""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache

from num2words import num2words

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = tuple(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
)
_NOON, _EVENING = 12, 20
_MINUTES = {15: "y cuarto", 30: "y media"}


@cache
def number(value: int) -> str:
    """Say a number of things, such as ``veintiuno``."""
    return str(num2words(value, lang="es"))


def day(value: date) -> str:
    """Say a day, for example ``"martes primero de diciembre"``."""
    place = "primero" if value.day == 1 else number(value.day)
    return f"{WEEKDAYS[value.weekday()]} {place} de {MONTHS[value.month - 1]}"


def clock(value: time | datetime) -> str:
    """Say a time of day with its preposition, for example ``"a las dos y media de la tarde"``."""
    if value.minute == 0 and value.hour % _NOON == 0:
        return "al mediodía" if value.hour else "a medianoche"
    hour = value.hour % _NOON or _NOON
    said = "a la una" if hour == 1 else f"a las {number(hour)}"
    if value.minute:
        said += f" {_MINUTES.get(value.minute) or f'y {number(value.minute)}'}"
    part = "mañana" if value.hour < _NOON else "tarde" if value.hour < _EVENING else "noche"
    return f"{said} de la {part}"


def moment(value: datetime) -> str:
    """Say a moment, for example ``"martes primero de diciembre a las dos de la tarde"``."""
    return f"{day(value)} {clock(value)}"


def listing(items: Sequence[str], joiner: str = "o") -> str:
    """Say a list, for example ``"a las nueve de la mañana, al mediodía o a las dos de la tarde"``."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {joiner} {items[-1]}"
