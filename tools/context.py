"""What a function call may use: the bot, its practice, the endpoints, the conversation so far."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Self
from zoneinfo import ZoneInfo

from config.settings import CallSettings
from contracts.conversation import Message
from contracts.partner import BotProfile, PracticeFacts
from contracts.site import AssistantConfig
from kit.clock import Clock
from knowledge.search.index import KnowledgeIndex
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.slots import SlotSealer

Ask = Callable[[int, str], Awaitable[str]]
"""Asks another assistant, by its number, and gives its answer."""

EndingKind = Literal["hang_up", "transfer", "message"]


@dataclass(frozen=True)
class Ending:
    """How a conversation ends.

    Attributes:
        kind: Hang up, put through to a person, or let the caller leave a recorded message.
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
        site: The instructions and files, where the bot has a site.
        knowledge: The index of the practice's files, None while there is none.
        call_id: The call or chat session; part of every idempotency key.
        caller_number: Where the call comes from (E.164), None when it is withheld.
        ending: Where ``end_call`` and ``request_person`` leave their decision.
        rules: How many slots are offered, and in which steps.
        config: The assistant at the version of this conversation, None where there is none.
        ask: Asks another assistant, None where there are no others to ask.
        hand_offs: Asks for a person, None where no person can join the conversation.
        is_text: A conversation by text: nobody can be put through.
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
    rules: CallSettings = field(default_factory=CallSettings)
    config: AssistantConfig | None = None
    ask: Ask | None = None
    hand_offs: ChatSessionsClient | None = None
    is_text: bool = False

    @property
    def assistant_id(self) -> int | None:
        """The assistant's number, where there is one."""
        return None if self.config is None else self.config.id

    def by_text(self) -> Self:
        """Give the same without what only a phone call can do: nobody can be put through from here."""
        return replace(self, is_text=True)

    @property
    def zone(self) -> ZoneInfo:
        """The practice's time zone."""
        return ZoneInfo(self.facts.timezone)
