"""What a bot has to know before it picks up: its practice, its assistant, the files that it answers from.

Fetched from the endpoints, kept for a while, and fetched anew behind the caller's back: a call never
waits for what was known a minute ago, and an endpoint that is down does not keep the phone from being
answered. A conversation that began with one version of its assistant keeps that version.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from config.logs import get_logger
from config.settings import CallSettings, Settings
from contracts.conversation import Message
from contracts.partner import BotProfile, PracticeFacts
from contracts.site import AssistantConfig, AssistantFile
from kit.clock import Clock
from kit.keyring import Keyring
from knowledge.chunk import Chunk
from knowledge.extract.errors import DocumentError
from knowledge.extract.extractor import Extractor
from knowledge.search.index import KnowledgeIndex
from knowledge.search.index_builder import IndexBuilder
from tools.clients.chat_sessions import ChatSessionsClient
from tools.clients.partner import PartnerClient
from tools.clients.site import SiteClient
from tools.clients.upstreams import Upstreams
from tools.context import Ask, ToolContext
from tools.errors import UpstreamError, UpstreamRefused
from tools.slots import SlotSealer

_log = get_logger(__name__)

PRICES = "Prices"
"""What the practice's own price list is called among its files."""
_PREFETCH_DAYS = 7
_FILES_AT_ONCE = 4
_MOST_BRIEFINGS = 1000
_MOST_INDEXES = 64
"""Indexes kept in memory; beyond that, the one that was used longest ago is built anew when needed."""


@dataclass(frozen=True)
class Briefing:
    """What one bot knows.

    Attributes:
        config: Its assistant at one version, None when there is none or it is out of reach.
        knowledge: The index of its files, None when there are none or they are out of reach.
    """

    bot: BotProfile
    config: AssistantConfig | None
    knowledge: KnowledgeIndex | None
    partner: PartnerClient
    site: SiteClient | None
    sealer: SlotSealer
    clock: Clock
    rules: CallSettings
    hand_offs: ChatSessionsClient | None = None

    @property
    def facts(self) -> PracticeFacts:
        """The practice's facts."""
        return self.bot.facts()

    @property
    def instructions(self) -> str:
        """The practice's own instructions, empty when there are none or they are out of reach."""
        return (self.config.assistant_instructions if self.config else None) or ""

    def tools(
        self,
        *,
        call_id: str,
        caller_number: str | None,
        messages: Callable[[], Sequence[Message]],
        ask: Ask | None = None,
        people: bool = False,
    ) -> ToolContext:
        """Make the context in which the functions of one conversation run.

        Args:
            people: A person of the practice can join this conversation.
            caller_number: The caller (E.164), None when withheld.
        """
        return ToolContext(
            bot=self.bot,
            facts=self.facts,
            partner=self.partner,
            site=self.site,
            knowledge=self.knowledge,
            sealer=self.sealer,
            clock=self.clock,
            call_id=call_id,
            caller_number=caller_number,
            messages=messages,
            rules=self.rules.model_copy(update={"offers": self.facts.offers or self.rules.offers}),
            config=self.config,
            ask=ask,
            hand_offs=self.hand_offs if people else None,
        )

    async def prefetch(self) -> None:
        """Ask for the next days' availability while the greeting plays."""
        now = self.clock()
        services = [(service.id, service.duration_minutes) for service in self.facts.services]
        await self.partner.prefetch(now, now + timedelta(days=_PREFETCH_DAYS), services)


Adapt = Callable[[Briefing], Briefing]
"""Changes what a bot works with in one conversation, such as its calendar in a rehearsal."""


class Unattended(NamedTuple):
    """A site that no bot answers for: its assistants know their instructions and files, and no calendar."""

    site_id: int
    practice_name: str
    timezone: str


class _Wanted(NamedTuple):
    """Which bot, with which assistant at which version; None is the bot's own, and the latest."""

    bot_id: str | Unattended
    assistant_id: int | None
    version: int | None


class Briefings:
    """The briefings of all bots of this process."""

    def __init__(
        self,
        settings: Settings,
        keyring: Keyring,
        clock: Clock,
        upstreams: Upstreams,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._clock = clock
        self._upstreams = upstreams
        lifetime = timedelta(minutes=settings.call.slot_minutes)
        self._sealer = SlotSealer(keyring.derive("slots"), lifetime)
        self._kept: dict[_Wanted, tuple[float, Briefing]] = {}
        self._fetching: dict[_Wanted, asyncio.Task[Briefing]] = {}
        self._profiles: dict[str, BotProfile] = {}
        self._indexes: dict[tuple[int, int, int, tuple[str, ...]], KnowledgeIndex | None] = {}
        # For servers that give files and no text; its workers start when there is one to read.
        self._extractor = Extractor(settings.documents)
        self._builder = IndexBuilder(settings.documents)

    async def close(self) -> None:
        """End the processes that read files and build indexes."""
        for task in list(self._fetching.values()):
            task.cancel()
        await asyncio.gather(*self._fetching.values(), return_exceptions=True)
        await self._extractor.close()
        await self._builder.aclose()

    async def get(
        self,
        bot_id: str | Unattended,
        *,
        assistant_id: int | None = None,
        version: int | None = None,
        practice_name: str | None = None,
        timezone: str = "UTC",
        patience_seconds: float | None = None,
    ) -> Briefing:
        """Get a bot's briefing.

        Args:
            bot_id: The bot, or the site of an assistant that has none.
            assistant_id: The assistant that was chosen for the conversation; None is the bot's own.
            version: The version that the conversation began with; None is the latest.
            practice_name: What to call the practice should the endpoints be down.
            patience_seconds: How long somebody waits for it; None is as long as it takes.

        Returns:
            The briefing; one that is older than the setting is returned as it is and renewed behind it. Who
            cannot wait for it gets what is known by then, and what is still to come is for who comes next.
        """
        wanted = _Wanted(bot_id, assistant_id, version)
        kept = self._kept.get(wanted)
        if kept and self._monotonic() - kept[0] < self._settings.site.cache_seconds:
            return kept[1]
        fetching = self._fetch(wanted)
        if kept and self._settings.site.cache_seconds:
            return kept[1]
        try:
            return await asyncio.wait_for(asyncio.shield(fetching), patience_seconds)
        except TimeoutError:
            _log.warning("a call begins without instructions and files: they take too long")
        except UpstreamError as error:
            _log.error("bot profile out of reach", code=error.code)
        if kept:
            return kept[1]
        if isinstance(bot_id, Unattended):
            return self._briefing(_profile_of(bot_id), None, None)
        bare = BotProfile(id=bot_id, name=practice_name or "", timezone=timezone)
        return self._briefing(self._profiles.get(bot_id, bare), None, None)

    def _fetch(self, wanted: _Wanted) -> asyncio.Task[Briefing]:
        if wanted not in self._fetching:
            task = asyncio.ensure_future(self._fetch_now(wanted))
            self._fetching[wanted] = task
            task.add_done_callback(lambda done: self._fetched(wanted, done))
        return self._fetching[wanted]

    def _fetched(self, wanted: _Wanted, task: "asyncio.Task[Briefing]") -> None:
        del self._fetching[wanted]
        if task.cancelled():
            return
        if error := task.exception():
            _log.warning("briefing not renewed", error=type(error).__name__)
            return
        briefing = task.result()
        self._kept[wanted] = (self._monotonic(), briefing)
        if briefing.config is not None and briefing.config.version is not None:
            # A call names the version that it begins with: what was fetched as the latest is that one.
            named = _Wanted(wanted.bot_id, briefing.config.id, briefing.config.version)
            self._kept[named] = self._kept[wanted]
        while len(self._kept) > _MOST_BRIEFINGS:
            del self._kept[min(self._kept, key=lambda one: self._kept[one][0])]
        while len(self._profiles) > _MOST_BRIEFINGS:
            del self._profiles[next(iter(self._profiles))]

    async def _fetch_now(self, wanted: _Wanted) -> Briefing:
        if isinstance(wanted.bot_id, Unattended):
            bot = _profile_of(wanted.bot_id)
        else:
            profile = await self._upstreams.partner(wanted.bot_id).get_bot()
            # Another server may know the bot by another id.
            bot = self._profiles[wanted.bot_id] = profile.model_copy(update={"id": wanted.bot_id})
        far, assistant_id, version = self._settings.site, wanted.assistant_id, wanted.version
        ours = bot.site_id, assistant_id or bot.assistant_id
        if far.api_url is not None and far.site_id is not None:
            bot = bot.model_copy(update={"site_id": far.site_id})
        if far.api_url is not None and far.assistant_id is not None:
            assistant_id, version = far.assistant_id, None  # versions are of our own records
        assistant_id = assistant_id or bot.assistant_id
        if bot.site_id is None or assistant_id is None:
            return self._briefing(bot, None, None)
        site = self._upstreams.site(bot.site_id)
        try:
            config = await site.get_config(assistant_id, version)
            files = await self._files(site, bot.site_id, config, ours)
            knowledge = await self._knowledge(*files, price_list(bot))
        except UpstreamError as error:
            _log.error("instructions or files out of reach", code=error.code)
            if wanted not in self._kept:
                return self._briefing(bot, None, None)
            # What was known a while ago is better than nothing.
            _, known = self._kept[wanted]
            return self._briefing(bot, known.config, known.knowledge)
        return self._briefing(bot, config, knowledge)

    async def _files(
        self, site: SiteClient, site_id: int, config: AssistantConfig, ours: tuple[int | None, int | None]
    ) -> tuple[SiteClient, int, AssistantConfig]:
        """Give where the files of an assistant are read.

        Another server that speaks the source document alone has no way to read the files that it was given:
        those that are kept here for the same bot are read in their place.
        """
        own_site, own_assistant = ours
        if not site.is_plain or own_site is None or own_assistant is None:
            return site, site_id, config
        own = self._upstreams.own_site(own_site)
        return (
            (site, site_id, config) if own is None else (own, own_site, await own.get_config(own_assistant))
        )

    async def _knowledge(
        self, site: SiteClient, site_id: int, config: AssistantConfig, prices: list[Chunk]
    ) -> KnowledgeIndex | None:
        """Give the index of a version's files and of the practice's prices: kept, or built now."""
        told = tuple(one.text for one in prices)
        key = None if config.version is None else (site_id, config.id, config.version, told)
        if key is not None and key in self._indexes:
            self._indexes[key] = self._indexes.pop(key)  # used last
            return self._indexes[key]
        slots = asyncio.Semaphore(_FILES_AT_ONCE)

        async def read(file: AssistantFile) -> tuple[str, list[Chunk]]:
            async with slots:
                return file.file_name, await self._chunks(site, config.id, file)

        read_files = await asyncio.gather(*(read(file) for file in config.files or ()))
        files = [(name, chunks) for name, chunks in ((PRICES, prices), *read_files) if chunks]
        index = await self._builder.build(files) if files else None
        if key is not None:
            self._indexes[key] = index
            while len(self._indexes) > _MOST_INDEXES:
                del self._indexes[next(iter(self._indexes))]
        return index

    async def _chunks(self, site: SiteClient, assistant_id: int, file: AssistantFile) -> list[Chunk]:
        try:
            chunks = await site.list_chunks(assistant_id, file.id)
            if chunks is None:
                content = await site.get_file(assistant_id, file.id)
                chunks = list((await self._extractor.extract(content, file.file_name)).chunks)
        except (DocumentError, UpstreamRefused) as error:
            # One file that cannot be read takes nothing away from the others.
            _log.warning("file not read", file_id=file.id, code=error.code)
            return []
        return chunks

    def _briefing(
        self, bot: BotProfile, config: AssistantConfig | None, knowledge: KnowledgeIndex | None
    ) -> Briefing:
        return Briefing(
            bot=bot,
            config=config,
            knowledge=knowledge,
            partner=self._upstreams.partner(bot.id) if bot.id else self._upstreams.no_partner(),
            hand_offs=self._upstreams.hand_offs(bot.id) if bot.id else None,
            site=self._upstreams.site(bot.site_id) if bot.site_id is not None else None,
            sealer=self._sealer,
            clock=self._clock,
            rules=self._settings.call,
        )


def _profile_of(site: Unattended) -> BotProfile:
    return BotProfile(id="", name=site.practice_name, site_id=site.site_id, timezone=site.timezone)


def price_list(bot: BotProfile) -> list[Chunk]:
    """Write down what the practice's services cost, to be found beside its files by whoever is asked."""
    services = bot.practice.services if bot.practice is not None else ()
    return [
        Chunk(f"{service.name}: {service.price}.", f"{PRICES}: what a visit costs, fees")
        for service in services or ()
        if service.price
    ]
