"""The bot by text: one turn of a conversation, function calls and all.

A model answers where one is chosen; when it fails, in whatever way and at whatever point of the
turn, the receptionist goes on from there. Text messages the receptionist answers: a carrier waits too short.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.danger.stage import PERSON, Alarm, alarm_for
from agent.dialogue.policy import next_action
from agent.dialogue.responses import goodbye, language_of
from agent.llm.answers import AnswerCheck, NotSaidError
from agent.llm.chosen import find_model
from agent.llm.exact_words import BY_FUNCTION, exact_words
from agent.llm.guards import MOST_ROUNDS
from agent.llm.knowledge import Knowledge
from agent.llm.messages import Answer, ModelFailed, calls_in, clean, sendable
from agent.llm.prompt import block, cache_key, found_block, known_of, now_block, system_prompt
from agent.statements.records import statement_check
from agent.statements.speech import SpeechGate
from config.logs import get_logger
from config.settings import Settings
from contracts.conversation import DIALOGUE, Message, text_of
from contracts.site import LONGEST_MESSAGE
from tools.context import ToolContext
from tools.errors import UpstreamError
from tools.registry import offered, run_function

if TYPE_CHECKING:
    from agent.llm.choice import ModelChoice

RECEPTIONIST = "receptionist"
"""Who answered, when it was not a model."""
_log = get_logger(__name__)
_ASKING: set["asyncio.Future[Any]"] = set()
"""Persons that are being asked for when their conversation has had its answer."""


class ChatAgent:
    """Answers messages, by the model where there is one and by the receptionist otherwise."""

    def __init__(self, settings: Settings, choice: "ModelChoice | None" = None) -> None:
        """Make the agent, with the settings' model unless one is given, or raise NotConfigured."""
        self._settings = settings.model
        self._choice = choice or find_model(settings)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._choice is not None:
            await self._choice.close()

    async def reply(
        self, messages: Sequence[Message], text: str, ctx: ToolContext, *, in_json: bool = False
    ) -> list[Message]:
        """Answer one message.

        Args:
            text: What the person wrote; empty when it could not be understood.
            ctx: What functions may use; they see the conversation of this turn, whatever its own view was.
            in_json: The model is to answer in JSON.

        Returns:
            The new messages, the person's first. Each assistant message says in ``answered_by`` who made it,
            and in ``sources`` which passages of the practice's files lay before them, if any.
        """
        turn = [*messages, {"role": "user", "content": text[:LONGEST_MESSAGE]}]
        ctx = replace(ctx, messages=lambda: turn)
        alarm = await alarm_for(turn, ctx)
        if alarm is not None:
            await _raise_alarm(alarm, turn, ctx)
        elif (
            self._choice is None
            or ctx.is_sms
            or not await self._model_answers(self._choice, turn, ctx, in_json)
        ):
            await self._receptionist_answers(turn, ctx)
        return turn[len(messages) :]

    async def _model_answers(
        self,
        choice: "ModelChoice",
        turn: list[Message],
        ctx: ToolContext,
        in_json: bool,
    ) -> bool:
        """Let the model answer; False when the receptionist has to go on."""
        check = statement_check(ctx)
        knowledge = Knowledge(ctx.knowledge, self._settings.knowledge_prompt_characters, ctx.facts)
        functions = offered(ctx)
        prompt = system_prompt(
            ctx.facts,
            (ctx.config.assistant_instructions if ctx.config else None) or "",
            known_of(ctx, knowledge.whole, await _memory(ctx)),
            functions=[function.name for function in functions],
        )
        if in_json:
            # Servers refuse that format where no message speaks of it.
            prompt += "\n\n" + block("json", {})
        model = choice.for_text(ctx.config, prompt, cache_key(ctx), in_json=in_json)
        name = choice.how(ctx.config).model
        # The hour, and what was found for what the person just said, stand beside that, not in the part that
        # stays the same.
        found = await knowledge.find(text_of(turn[-1]))
        told = [*([found_block(found)] if found else []), now_block(ctx)]
        beside: list[Message] = [{"role": "system", "content": one} for one in told]
        place = len(turn)
        not_said: NotSaidError | None = None
        try:
            for _ in range(MOST_ROUNDS):
                said = sendable(turn[:place], self._settings.history_characters)
                since = sendable(turn[place:])
                why = [{"role": "system", "content": not_said.told}] if not_said else []
                answer = await model.ask([*said, *beside, *since, *why], functions)
                spoken = AnswerCheck(SpeechGate(check, lambda: turn), asks_again=not not_said and not in_json)
                try:
                    # A long answer takes longer to check than a packet of a call may wait.
                    message = await asyncio.to_thread(self._message, answer, turn, name, in_json, spoken)
                except NotSaidError as error:
                    _log.info("a sentence was not said, the model is asked again")
                    not_said = NotSaidError(error.sentence, error.verdict)
                    continue
                if found:
                    message["sources"] = [one.source for one in found]
                turn.append(message)
                for call in message.get("tool_calls", ()):
                    function = call["function"]
                    await _run(ctx, turn, call["id"], function["name"], function["arguments"])
                # A program reads what functions returned.
                exact = None if in_json else exact_words(turn)
                if exact is not None:
                    _say_exactly(
                        turn,
                        exact
                        or (
                            ""
                            if message["content"]
                            else goodbye(ctx.facts, language=language_of(turn, ctx.bot.language))
                        ),
                    )
                ended = ctx.ending.ending is not None and message["content"]
                if "tool_calls" not in message or ended or exact is not None:
                    return True
        except (TimeoutError, ModelFailed) as error:
            if not_said is not None and not_said.verdict.instead and turn[-1]["role"] != "assistant":
                _say_exactly(turn, not_said.verdict.instead)
                return True
            _log.warning("the model failed, the receptionist answers", error=type(error).__name__)
            return False
        _log.warning("the model came to no end, the receptionist answers")
        return False

    def _message(
        self,
        answer: Answer,
        turn: list[Message],
        model: str,
        in_json: bool,
        spoken: AnswerCheck,
    ) -> Message:
        calls = calls_in(answer, turn)
        # JSON is for a program, which reads what functions returned; cut at sentences it would be none.
        sentences = [clean(answer.text)] if in_json else [*spoken.feed(answer.text), *spoken.flush()]
        said = " ".join(one for each in sentences for one in spoken.check(each, beside_calls=bool(calls)))
        message: Message = {"role": "assistant", "content": said or None, "answered_by": model}
        if calls:
            message["tool_calls"] = calls
        elif not said:
            raise ModelFailed("the answer is empty")
        elif not in_json:
            spoken.check_end()
        return message

    async def _receptionist_answers(self, turn: list[Message], ctx: ToolContext) -> None:
        for _ in range(MOST_ROUNDS):
            # It goes through all that was said, which takes longer than a packet of a call may wait.
            move = await asyncio.to_thread(
                next_action,
                turn,
                ctx.facts,
                ctx.clock(),
                ctx.caller_number,
                number_proves=ctx.number_proves,
            )
            if move.is_silent:
                return
            message: Message = {
                "role": "assistant",
                "content": move.say,
                "answered_by": RECEPTIONIST,
                DIALOGUE: dict(move.state),
            }
            turn.append(message)
            if move.call is None:
                return
            arguments = json.dumps(move.call.arguments)
            function = {"name": move.call.name, "arguments": arguments}
            message["tool_calls"] = [{"id": move.call.id, "type": "function", "function": function}]
            await _run(ctx, turn, move.call.id, move.call.name, arguments)
        _log.error("the receptionist came to no end")


def _say_exactly(turn: list[Message], words: str) -> None:
    if words:
        turn.append({"role": "assistant", "content": words, "answered_by": BY_FUNCTION})


def answer_of(turn: Sequence[Message]) -> str:
    """Give what a turn says as a whole, without the words that fill a wait; empty when nothing was said."""
    spoken = [one for one in turn if one.get("role") == "assistant" and text_of(one)]
    answers = [one for one in spoken if not one.get("tool_calls")] or spoken
    return " ".join(text_of(one) for one in answers)


async def _memory(ctx: ToolContext) -> dict[str, Any]:
    """Read what the assistant wrote down; a conversation goes on without it."""
    if ctx.site is None or ctx.assistant_id is None:
        return {}
    try:
        return await ctx.site.read_memory(ctx.assistant_id, ctx.call_id)
    except UpstreamError as error:
        _log.warning("memory out of reach", code=error.code)
        return {}


async def _raise_alarm(alarm: Alarm, turn: list[Message], ctx: ToolContext) -> None:
    """Say what is to be done, and ask for a person, whose answer nobody in danger waits for for long."""
    said = alarm.say
    if alarm.request is not None:
        call_id, arguments = f"call_{len(turn)}", json.dumps(alarm.request.arguments())
        function = {"name": PERSON, "arguments": arguments}
        asked: Message = {"role": "assistant", "content": None, "answered_by": RECEPTIONIST}
        turn.append({**asked, "tool_calls": [{"id": call_id, "type": "function", "function": function}]})
        asking = asyncio.ensure_future(run_function(ctx, PERSON, arguments))
        done, _ = await asyncio.wait({asking}, timeout=ctx.rules.person_seconds)
        _ASKING.add(asking)
        asking.add_done_callback(_ASKING.discard)
        result = asking.result() if done else {"status": "unknown"}
        turn.append({"role": "tool", "tool_call_id": call_id, "content": clean(json.dumps(result))})
        said = f"{said} {alarm.after(str(result['status']))}" if done else said
    turn.append({"role": "assistant", "content": said, "answered_by": RECEPTIONIST})


async def _run(ctx: ToolContext, turn: list[Message], call_id: str, name: str, arguments: str) -> None:
    result = await run_function(ctx, name, arguments)
    content = clean(json.dumps(result, ensure_ascii=False))
    turn.append({"role": "tool", "tool_call_id": call_id, "content": content})
