"""Other assistants, asked by one that uses them as tools: each in a conversation of its own, by text."""

from agent.briefing import Briefings
from agent.chat import ChatAgent, answer_of
from config.logs import get_logger
from contracts.conversation import Message
from tools.context import Ask
from tools.errors import UpstreamError

DEEPEST = 3
"""How many assistants may ask one another in a row; circles are refused when they are configured."""
NOT_NOW = "The other assistant cannot answer just now."

_log = get_logger(__name__)


class AssistantDelegate:
    """Asks assistants on behalf of others."""

    def __init__(self, briefings: Briefings, chat_agent: ChatAgent) -> None:
        self._briefings = briefings
        self._chat_agent = chat_agent

    def ask_for(self, bot_id: str, call_id: str, depth: int = 1) -> Ask | None:
        """Make the way from an assistant, ``depth`` deep already, to the others; None where it ends."""
        if depth > DEEPEST:
            return None

        async def ask(assistant_id: int, text: str) -> str:
            try:
                briefing = await self._briefings.get(bot_id, assistant_id=assistant_id)
                tools = briefing.tools(
                    call_id=call_id,
                    caller_number=None,
                    messages=list[Message],
                    ask=self.ask_for(bot_id, call_id, depth + 1),
                ).by_text()
                turn = await self._chat_agent.reply([], text, tools)
            except UpstreamError as error:
                _log.warning("another assistant was not asked", code=error.code)
                return NOT_NOW
            return answer_of(turn) or NOT_NOW

        return ask
