"""The rehearsed calendars of conversations that are tried out in this process."""

from dataclasses import replace

import httpx
from fastapi import FastAPI

from agent.briefing import Briefing
from config.settings import Settings
from kit.recent import Recent
from tools.clients.rehearsal import RehearsedCalendar
from tools.clients.upstreams import Upstreams

MOST_KEPT = 200
"""Conversations whose rehearsed bookings are remembered; the one that was used longest ago is forgotten."""


class Rehearsals:
    """What was booked in rehearsals, by conversation: nowhere else, and gone with the process."""

    def __init__(self) -> None:
        self._calendars = Recent[str, RehearsedCalendar](MOST_KEPT)

    def calendar(self, conversation_id: str, app: FastAPI, settings: Settings) -> RehearsedCalendar:
        """Give a conversation's calendar, made on first use over the API that the bot uses."""
        if (known := self._calendars.find(conversation_id)) is not None:
            return known
        real: httpx.AsyncBaseTransport = httpx.ASGITransport(app, raise_app_exceptions=False)
        if settings.partner.api_url is not None:
            real = httpx.AsyncHTTPTransport()
        return self._calendars.keep(conversation_id, RehearsedCalendar(real))


def rehearsed(briefing: Briefing, upstreams: Upstreams, calendar: RehearsedCalendar) -> Briefing:
    """Give a bot a calendar in which it books nothing, and nobody to hand over to."""
    partner = upstreams.partner_over(briefing.bot.id, calendar)
    return replace(briefing, partner=partner, hand_offs=None)
