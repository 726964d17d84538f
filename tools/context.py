"""What a function call may use: the bot, its practice, the endpoints, the conversation so far."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self
from zoneinfo import ZoneInfo

from config.settings import CallSettings
from contracts.conversation import Message, text_of
from contracts.partner import BotProfile, PracticeFacts
from contracts.site import AssistantConfig
from kit.clock import Clock
from knowledge.search.index import KnowledgeIndex
from language import phone as phones
from language.which import language_of_talk
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.handles import Handles
from tools.slots import SlotSealer

Ask = Callable[[int, str], Awaitable[str]]
"""Asks another assistant, by its number, and gives its answer."""

EndingKind = Literal["hang_up", "transfer", "message"]


@dataclass(frozen=True)
class Ending:
    """How a conversation ends.

    Attributes:
        kind: Hang up, put through to a person, or ring the practice and let the caller leave a message.
        reason: Why, in a few words, without personal data.
        to: The number to put the caller through to (E.164), for a transfer.
    """

    kind: EndingKind
    reason: str
    to: str | None = None


class EndingBox:
    """Where a function leaves how the conversation shall end; the first decision stands."""

    def __init__(self) -> None:
        self._ending: Ending | None = None

    @property
    def ending(self) -> Ending | None:
        """The decision, None while the conversation goes on."""
        return self._ending

    def set(self, ending: Ending) -> Ending:
        """Decide how the conversation ends, unless that is decided already."""
        if self._ending is None:
            self._ending = ending
        return self._ending

    def clear(self) -> None:
        """Take the decision back: the caller spoke into the goodbye."""
        self._ending = None


@dataclass
class ToolContext:
    """Everything a function call may use.

    Attributes:
        facts: What it may say about its practice.
        call_id: The call or chat session; part of every idempotency key.
        caller_number: Where the call comes from (E.164), None when it is withheld.
        number_proves: Whether that number proves whose appointments may be spoken of.
        ending: Where ``end_call`` and ``request_person`` leave their decision.
        handles: Short names of what was offered and found in this conversation.
        rules: How many slots are offered, and in which steps.
        config: The assistant at the version of this conversation, None where there is none.
        ask: Asks another assistant, None where there are no others to ask.
        hand_offs: Asks for a person, None where no person can join the conversation.
        is_text: A conversation by text: nobody can be put through.
        is_sms: A conversation by text message: the carrier waits for seconds, an answer may take hours.
        asked_before: The function was asked for before, and nobody knows what became of it.
        earlier: What was said and done before the messages that are looked back at: evidence, and no more.
        reads_only: Whoever asks may not change anything: functions that write are not offered.
        ring: The name of the contact to ring first when a person is asked for, by the practice's own rule.
    """

    bot: BotProfile
    facts: PracticeFacts
    partner: PartnerClient
    site: SiteClient | None
    knowledge: KnowledgeIndex | None
    sealer: SlotSealer
    clock: Clock
    call_id: str
    caller_number: str | None
    messages: Callable[[], Sequence[Message]]
    ending: EndingBox = field(default_factory=EndingBox)
    handles: Handles = field(default_factory=Handles)
    rules: CallSettings = field(default_factory=CallSettings)
    config: AssistantConfig | None = None
    ask: Ask | None = None
    hand_offs: ChatSessionsClient | None = None
    is_text: bool = False
    is_sms: bool = False
    asked_before: bool = False
    earlier: Sequence[Message] = ()
    reads_only: bool = False
    ring: str | None = None
    number_proves: bool = True

    @property
    def sealed_for(self) -> str:
        """Whom sealed slot ids are for: this bot, in this conversation."""
        return f"{self.bot.id} {self.call_id}"

    @property
    def assistant_id(self) -> int | None:
        """The assistant's number, where there is one."""
        return None if self.config is None else self.config.id

    def by_text(self, *, sms: bool = False) -> Self:
        """Give the same without what only a phone call can do: nobody can be put through from here."""
        return replace(self, is_text=True, is_sms=sms)

    def number(self, said: str | None) -> str | None:
        """Read a telephone number as the practice's callers say theirs: E.164, None where it is none."""
        return phones.parse(said or "", self.region)

    @property
    def region(self) -> str:
        """The country whose numbers are said without its code."""
        return phones.region_of([*self.bot.phone_numbers, self.facts.phone, self.caller_number])

    @property
    def zone(self) -> ZoneInfo:
        """The practice's time zone."""
        return ZoneInfo(self.facts.timezone)

    @property
    def language(self) -> str:
        """The language that the caller speaks, ``en`` or ``es``."""
        said = (text_of(one) for one in (*self.earlier, *self.messages()) if one.get("role") == "user")
        return language_of_talk(said, self.bot.language)
