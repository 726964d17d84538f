"""Records that stay when a patient is forgotten, without anything that says who that was."""

from collections.abc import Mapping
from typing import Any

from practice.patients.repository import Traces
from practice.records.bookings import ERASED

_TO_COME = ("waiting", "running")


def anonymise(traces: Traces) -> None:
    """Take out of the rows that stay whatever says who the patient is, or why they came."""
    for made in traces.appointments:
        made.customer_name, made.customer_phone = ERASED, ""
        made.customer_email = made.notes = made.cancellation_reason = None
    for change in traces.changes:
        change.answer = {}
    for request in traces.requests:
        request.request = _without_person(request.request)
        request.booking = request.booking and _without_person(request.booking)
        request.answer_body = request.answer_body and _without_person(request.answer_body)
        request.request_sha256 = ""
    for hand_off in traces.hand_offs:
        hand_off.summary = hand_off.reason = hand_off.callback_at = None
        hand_off.reject_reason = hand_off.finish_reason = None
    for follow_up in traces.follow_ups:
        follow_up.payload, follow_up.sent_to_hash = {}, None
        follow_up.state = "cancelled" if follow_up.state in _TO_COME else follow_up.state
        follow_up.last_error = None


_STAYS = frozenset(("id", "status", "start_at", "end_at", "duration_minutes", "booking", "created_at"))
"""What stays of a request and its answer: when, and what became of it. All else may say who or why."""


def _without_person(body: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: _without_person(value) if isinstance(value, Mapping) else value
        for name, value in body.items()
        if name in _STAYS
    }
    return {**kept, "customer": {"name": ERASED}} if "customer" in body else kept
