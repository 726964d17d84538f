"""A patient as an account's records know them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from language import phone as phones
from language.phone import E164


@dataclass(frozen=True, slots=True)
class Patient:
    """Who is meant in a practice's account: a number and, where several share it, a full name."""

    account_id: str
    phone: E164 = field(repr=False)
    name: str | None = field(default=None, repr=False)

    def is_named(self, name: str | None, phone: str | None) -> bool:
        """Tell whether a record of this name and number is theirs."""
        return phone == self.phone and (self.name is None or _folded(name or "") == _folded(self.name))

    def is_in(self, messages: Sequence[Mapping[str, Any]], caller: str | None = None) -> bool:
        """Tell whether a conversation is theirs: it came from their number or holds it, and names them."""
        texts = [text for message in messages for text in _texts(message)]
        if caller != self.phone and not any(self._holds_number(text) for text in texts):
            return False
        if self.name is None:
            return True
        said = set(_folded(" ".join(texts)).split())
        return set(_folded(self.name).split()) <= said

    def _holds_number(self, text: str) -> bool:
        return phones.national(self.phone) in phones.digits(text)


@dataclass(frozen=True, slots=True)
class PatientView:
    """A patient in a practice's list."""

    account_id: str
    account_name: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    records: int
    latest: datetime


@dataclass(frozen=True, slots=True)
class HoldView:
    """A patient whose data is held; without a name it is everybody with the number."""

    account_id: str
    phone: E164 = field(repr=False)
    name: str | None = field(repr=False)
    reason: str = field(repr=False)
    made_by: str
    since: datetime

    @property
    def patient(self) -> Patient:
        """Who is held."""
        return Patient(self.account_id, self.phone, self.name)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many records were erased or made anonymous, by kind."""

    appointments: int
    requests: int
    conversations: int
    messages: int
    hand_offs: int
    memories: int
    follow_ups: int
    birth_dates: int


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)


def _folded(text: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in text.casefold()).split())
