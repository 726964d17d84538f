"""``/console/figures``: calls and what they came to, by day, as charts and as CSV."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from practice.conversations.figures import MOST_DAYS, DayFigures, percentile
from practice.conversations.outcome import OUTCOMES
from webhooks.console.calls import OUTCOME_NAMES
from webhooks.console.costs import SHARES, estimate
from webhooks.console.desk import AtDesk, Desk
from webhooks.console.pages import attachment

CHOICES = (7, 30, 90, 365)
HEIGHT, WIDTH = 120, 720
GOOD = ("booked", "moved", "cancelled")
"""Outcomes in which the bot has done what was wanted in the calendar."""

router = APIRouter(prefix="/console/figures", include_in_schema=False)
Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the chart, in its own units: calls, and of them those in which something was booked."""

    day: DayFigures
    x: float
    width: float
    height: float
    good: float


@router.get("")
async def show_figures(desk: AtDesk, days: Days = 30) -> Response:
    """Show the latest days."""
    found = await _days(desk, days)
    cost = desk.services.settings.cost
    waits = [wait for one in found for wait in one.answers_ms]
    outcomes: Counter[str] = sum((one.outcomes for one in found), Counter())
    return await desk.page(
        "figures",
        found=found,
        days=days,
        choices=CHOICES,
        calls=sum(one.calls for one in found),
        minutes=round(sum(one.seconds for one in found) / 60),
        waits=[percentile(waits, share) for share in SHARES],
        waits_of={one.day: [percentile(one.answers_ms, share) for share in SHARES] for one in found},
        cost=sum(estimate(cost, one.begun_minutes, len(one.answers_ms)) for one in found),
        cost_of={one.day: estimate(cost, one.begun_minutes, len(one.answers_ms)) for one in found},
        prices=cost,
        outcomes=[(OUTCOME_NAMES[one], outcomes[one]) for one in OUTCOMES],
        order=OUTCOMES,
        bars=_bars(found),
        most=max((one.calls for one in found), default=0),
        height=HEIGHT,
        width=WIDTH,
    )


@router.get(".csv")
async def export_figures(desk: AtDesk, days: Days = 30) -> Response:
    """Give the same as a table for a spreadsheet."""
    text = io.StringIO()
    table = csv.writer(text)
    cost = desk.services.settings.cost
    waits, price = [f"voice_to_voice_p{share * 100:.0f}_ms" for share in SHARES], cost.currency.lower()
    table.writerow(["day", "calls", "minutes", *OUTCOMES, *waits, f"cost_estimate_{price}"])
    for one in await _days(desk, days):
        counts = [one.outcomes[outcome] for outcome in OUTCOMES]
        waited = [percentile(one.answers_ms, share) for share in SHARES]
        estimated = f"{estimate(cost, one.begun_minutes, len(one.answers_ms)):.4f}"
        table.writerow([one.day.isoformat(), one.calls, one.minutes, *counts, *waited, estimated])
    return attachment(text.getvalue(), "calls-by-day.csv", "text/csv")


async def _days(desk: Desk, count: int) -> list[DayFigures]:
    today = desk.today()
    return await desk.services.figures.list_days(desk.site_id, today, count, desk.zone)


def _bars(days: Sequence[DayFigures]) -> list[Bar]:
    most = max((one.calls for one in days), default=0) or 1
    step = WIDTH / len(days)
    return [
        Bar(
            day=one,
            x=round(place * step + step * 0.1, 2),
            width=round(step * 0.8, 2),
            height=round(one.calls / most * HEIGHT, 2),
            good=round(sum(one.outcomes[name] for name in GOOD) / most * HEIGHT, 2),
        )
        for place, one in enumerate(days)
    ]
