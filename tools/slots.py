"""From free windows to slots that can be offered, and the sealed ids that stand for them."""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from contracts.partner import Availability
from tools.errors import SlotIdExpired, SlotIdInvalid

MAC_BYTES = 10
_HEAD = struct.Struct(">IHI")
_NONE = 0xFF
_LITERAL = 0xFE
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Slot:
    """A time that can be booked.

    Attributes:
        practitioner_id: Who it is with, where the platform says so.
        service_id: What it is for, where the practice names services.
    """

    start: datetime
    duration_minutes: int
    practitioner_id: str | None = None
    practitioner: str | None = None
    service_id: str | None = None

    @property
    def end(self) -> datetime:
        """The moment at which it ends."""
        return self.start + timedelta(minutes=self.duration_minutes)


def cut(
    windows: Iterable[Availability],
    duration: timedelta,
    *,
    step: timedelta,
    not_before: datetime,
    not_after: datetime | None = None,
) -> list[Slot]:
    """Cut free windows into slots.

    Windows may overlap, touch, come unsorted or belong to different practitioners; a start time that
    several practitioners offer gives one slot each.

    Args:
        step: Distance between start times, counted from each window's start.
        not_after: Starts are before this moment; None for no bound.

    Returns:
        Slots in order of start, then practitioner; each lies wholly inside one window.
    """
    minutes = int(duration.total_seconds() // 60)
    if minutes < 1 or step <= timedelta(0):
        raise ValueError("a slot and its step last at least a minute")
    found: dict[tuple[datetime, str], Slot] = {}
    for window in windows:
        start = window.start_at.astimezone(UTC)
        end = start + timedelta(minutes=window.duration_minutes)
        if start < not_before:
            # Later starts keep the window's own grid: 9:00, 9:15 … stay so when it is 9:07 now.
            start += -((start - not_before) // step) * step
        elif start < not_before + step:
            # The window was cut at the present moment: 10:05 is no time that a practice would offer.
            on_grid = start + -(start - _EPOCH) % step
            start = on_grid if on_grid + duration <= end else start
        while start + duration <= end and (not_after is None or start < not_after):
            key = (start, window.practitioner_id or "")
            found.setdefault(
                key,
                Slot(
                    start=start,
                    duration_minutes=minutes,
                    practitioner_id=window.practitioner_id,
                    practitioner=window.practitioner_name,
                ),
            )
            start += step
    return [found[key] for key in sorted(found)]


class SlotSealer:
    """Seals slots into short ids that only this installation can make, and opens them again.

    An id holds start, length, practitioner, service and expiry, and is bound to the bot by an HMAC, so
    that a model can pass a slot on but can never make one up.
    """

    def __init__(self, key: bytes, lifetime: timedelta) -> None:
        self._key = key
        self._lifetime = lifetime

    def __repr__(self) -> str:
        return "SlotSealer(…)"

    def seal(self, slot: Slot, bot_id: str, now: datetime, known: Sequence[str] = ()) -> str:
        """Seal a slot.

        Args:
            slot: The slot; its start is kept to the second.
            known: Ids that the opener knows too, in the same order; they make the sealed id shorter.

        Returns:
            About 30 characters, safe in URLs; longer when the practitioner or service is not ``known``.
        """
        head = _HEAD.pack(
            int((slot.start - _EPOCH).total_seconds()),
            slot.duration_minutes,
            int((now + self._lifetime - _EPOCH).total_seconds()),
        )
        body = head + b"".join(_pack(value, known) for value in (slot.practitioner_id, slot.service_id))
        if slot.practitioner_id not in known:
            body += _pack(slot.practitioner, ())
        mac = self._mac(body, bot_id, slot.practitioner_id, slot.service_id)
        return base64.urlsafe_b64encode(body + mac).rstrip(b"=").decode()

    def open(self, slot_id: str, bot_id: str, now: datetime, known: Sequence[str] = ()) -> Slot:
        """Open a sealed id.

        Args:
            known: The ids that were known when it was sealed, in the same order.

        Returns:
            The slot, its start in UTC; the name of a ``known`` practitioner is left to the caller.

        Raises:
            SlotIdExpired: It was sealed too long ago.
            SlotIdInvalid: It was not sealed by this installation for this bot.
        """
        try:
            raw = base64.b64decode(slot_id + "=" * (-len(slot_id) % 4), altchars=b"-_", validate=True)
            body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
            start, minutes, expires = _HEAD.unpack_from(body)
            practitioner_id, rest = _unpack(body[_HEAD.size :], known)
            service_id, rest = _unpack(rest, known)
            name, rest = (None, rest) if practitioner_id in known else _unpack(rest, ())
        except (ValueError, IndexError, struct.error, binascii.Error) as error:
            raise SlotIdInvalid("not a slot id") from error
        good = hmac.compare_digest(mac, self._mac(body, bot_id, practitioner_id, service_id))
        # The last character of base64 may carry loose bits; only the one spelling that was sealed counts.
        if rest or not good or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != slot_id:
            raise SlotIdInvalid("the slot id was not sealed here")
        if _EPOCH + timedelta(seconds=expires) <= now:
            raise SlotIdExpired("the slot id has expired")
        return Slot(
            start=_EPOCH + timedelta(seconds=start),
            duration_minutes=minutes,
            practitioner_id=practitioner_id,
            practitioner=name,
            service_id=service_id,
        )

    def _mac(self, body: bytes, bot_id: str, *ids: str | None) -> bytes:
        # The ids go in spelled out: when the list of known ones has changed since, the seal breaks.
        parts = [body, bot_id.encode(), *((value or "").encode() for value in ids)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self._key, message, hashlib.sha256)[:MAC_BYTES]


def with_name(slot: Slot, names: dict[str, str]) -> Slot:
    """Complete a slot with its practitioner's name."""
    name = names.get(slot.practitioner_id or "")
    return replace(slot, practitioner=name) if name else slot


def _pack(value: str | None, known: Sequence[str]) -> bytes:
    if value is None:
        return bytes([_NONE])
    if value in known and known.index(value) < _LITERAL:
        return bytes([known.index(value)])
    data = value.encode()
    if len(data) > 255:  # noqa: PLR2004 - one length byte
        raise ValueError("an id or a name of a slot is at most 255 bytes")
    return bytes([_LITERAL, len(data)]) + data


def _unpack(data: bytes, known: Sequence[str]) -> tuple[str | None, bytes]:
    kind = data[0]
    if kind == _NONE:
        return None, data[1:]
    if kind == _LITERAL:
        end = 2 + data[1]
        if len(data) < end:
            raise ValueError("cut short")
        return data[2:end].decode(), data[end:]
    return known[kind], data[1:]
