"""A simulated patient: answers what they are asked, checks what is read back, and wants what they want."""

import re
from dataclasses import replace
from typing import Final

from rehearsal.answers import Answers, Reply
from rehearsal.hearing import Heard, plain, split
from rehearsal.scenario import Question, Stage, Want

STAGES: Final[dict[str, Stage]] = {
    "service": "service",
    "when": "when",
    "did-you-mean": "when",
    "offer": "offer",
    "name": "name",
    "first-name": "name",
    "last-name": "name",
    "spell": "name",
    "phone": "phone",
    "phone-rest": "phone",
    "same-number": "same-number",
    "read-back": "read-back",
    "cancel-it": "cancel-it",
    "message-text": "message",
    "anything-else": "end",
}
_DONE_BY: Final = {
    "book": {"booked"},
    "move": {"moved", "booked"},
    "cancel": {"cancelled"},
    "message": {"passed-on"},
    "person": {"transferring"},
}


class SimulatedPatient(Answers):
    """One caller in one conversation."""

    @property
    def unanswered(self) -> list[Question]:
        """Questions that were asked and not answered, or never came to be asked."""
        state = self._state
        left = [state.outstanding] if state.outstanding else []
        return [*state.unanswered, *left, *state.questions]

    def begin(self, heard: str = "") -> Reply:
        """Say what they call for, after a greeting or without one."""
        self._heard_all += f" {heard}"
        state = self._state
        state.opened = True
        text = self._word.one_of(state.wants[0].says, "opening")
        for asked in [one for one in state.questions if one.at == "opening"]:
            text = f"{text} {self._ask(asked)}"
        return self._reply(text, "opening", answers=True)

    def hear(self, text: str) -> Reply:
        """Answer a turn of the bot."""
        if not self._state.opened:
            return self.begin(text)
        self._heard_all += f" {text}"
        heard = self._ear.hear(text, self._today, self._state.focus)
        days = [one.day for one in heard.times if one.day]
        if days:
            self._state.focus = days[-1]
        reply = self._reply_to(heard)
        return replace(reply, to=heard.asks)

    def _reply_to(self, heard: Heard) -> Reply:
        """Say one thing: what is most pressing of it all."""
        done = self._take_done(heard)
        reply = self._alarmed(heard) or self._asked_again(heard)
        if reply is None and done:
            reply = self._after(heard)
        if reply is None and "goodbye" in heard.tells and not heard.question:
            return Reply("", "goodbye", ends=True)
        reply = reply or self._twisted(heard) or self._own(heard)
        return reply or self._with_question(self._answered(heard), heard)

    # What was asked by the patient

    def _asked_again(self, heard: Heard) -> Reply | None:
        """Look for the answer to a question; ask once more when it did not come."""
        state = self._state
        asked = state.outstanding
        if asked is None:
            return None
        low = plain(heard.text)
        if all(re.search(pattern, low, re.IGNORECASE) for pattern in asked.told):
            state.outstanding = None
            return None
        if state.tries < len(asked.asks) and heard.asks not in {"danger", "read-back"} and state.tries < 2:  # noqa: PLR2004 - asked twice
            state.tries += 1
            return self._reply(self._word.one_of(asked.asks, f"ask {asked.asks[0]}"), "question")
        if state.tries >= 2 or state.tries >= len(asked.asks):  # noqa: PLR2004 - as above
            state.outstanding = None
            state.unanswered.append(asked)
        return None

    def _with_question(self, reply: Reply, heard: Heard) -> Reply:
        """Put a question of this stage beside the answer, or in its place."""
        stage = STAGES.get(heard.asks, "")
        asked = next((one for one in self._state.questions if one.at == stage), None)
        if asked is None or self._state.outstanding or not stage or stage == "end":
            return reply
        text = self._ask(asked)
        if asked.beside and reply.answers:
            beside = f"{reply.say.rstrip('.')}, and {text[:1].lower()}{text[1:]}"
            return replace(reply, say=self._word.finish(beside))
        return self._reply(text, "question")

    # What the bot says is so

    def _alarmed(self, heard: Heard) -> Reply | None:
        """Answer an alarm: with thanks in danger, with a no otherwise."""
        state = self._state
        if "emergency" not in heard.tells:
            return None
        if self.scenario.kind == "danger" or self.scenario.patient.danger == "yes":
            state.wants.clear()
            return self._reply("okay, thank you", "emergency", ends=True)
        if "emergency" in state.met:
            return None
        state.met["emergency"] = 1
        return self._reply(f"no no, nothing like that. {self._again()}", "emergency")

    def _take_done(self, heard: Heard) -> bool:
        """Note what the bot says is done; True when it was what the patient wanted just now."""
        state = self._state
        done = [one for one in state.wants if self._is_cancelled(one, heard)]
        want = state.wants[0] if state.wants else None
        if want is not None and not done and self._is_done(want, heard):
            done = [want]
        if not done:
            return False
        state.wants = [one for one in state.wants if one not in done]
        state.corrections = state.refused = state.declined = 0
        state.chosen = None
        return want in done and heard.asks not in {"read-back", "cancel-it"}

    def _is_cancelled(self, want: Want, heard: Heard) -> bool:
        """Tell whether it is said of this very appointment, whichever of them was asked for."""
        start = self._seed_start(want)
        if want.do != "cancel" or start is None or "cancelled" not in heard.tells:
            return False
        claims = " ".join(one for one in split(heard.text) if not one.endswith("?"))
        first = self._ear.hear(claims, self._today).times
        return start in [one.moment for one in first[:1]]

    def _after(self, heard: Heard) -> Reply:
        """Go on after something is done."""
        if "transferring" in heard.tells and not self._state.wants:
            return self._reply("okay, thank you", "transferring", ends=True)
        return self._twist("done") or self._go_on(heard)

    def _is_done(self, want: Want, heard: Heard) -> bool:
        if want.do == "hear":
            return self._hear_is_done(want, heard)
        done = _DONE_BY[want.do] & heard.tells
        by_message = "passed-on" in heard.tells and (want.or_message or want.do == "person")
        return bool(done or by_message) and not self._asks_first(heard)

    def _asks_first(self, heard: Heard) -> bool:
        """Tell whether the claim only belongs to a question, such as a read-back."""
        return heard.asks in {"read-back", "cancel-it", "offer"} and "booked" not in heard.tells

    def _hear_is_done(self, want: Want, heard: Heard) -> bool:
        state = self._state
        if heard.asks == "danger":
            return False
        low = plain(self._heard_all)
        answered = all(re.search(one, low, re.IGNORECASE) for one in self.scenario.said)
        state.heard += 1
        enough = state.heard >= min(2, len(want.says)) or not self.scenario.said
        return answered or enough

    # What the scenario wants said at that point

    def _twisted(self, heard: Heard) -> Reply | None:
        stage = STAGES.get(heard.asks, "")
        if not stage:
            return None
        self._state.met[stage] = self._state.met.get(stage, 0) + 1
        return self._twist(stage)

    def _twist(self, stage: Stage | str) -> Reply | None:
        state = self._state
        count = state.met.get(stage, 1)
        found = next((one for one in state.twists if one.at in {stage, "any"} and one.nth <= count), None)
        if found is None:
            return None
        state.twists.remove(found)
        if state.wants:
            want = state.wants[0]
            changes = {
                "when": found.when,
                "when_says": found.when_says or (found.says if found.when else None),
                "service": found.service,
                "for_": found.name if want.for_ else None,
                "phone": found.phone,
                "with_": found.with_,
            }
            state.wants[0] = want.model_copy(update={k: v for k, v in changes.items() if v is not None})
            if found.drops:
                state.wants.pop(0)
        if found.name and not (state.wants and state.wants[0].for_):
            self._name = found.name
        return self._reply(self._word.one_of(found.says), "twist", ends=found.ends)

    def _own(self, heard: Heard) -> Reply | None:
        low = plain(heard.text)
        for place, one in enumerate(self.scenario.answers):
            if re.search(one.hears, low, re.IGNORECASE):
                if one.drops and self._state.wants:
                    self._state.wants.pop(0)
                return self._reply(self._word.one_of(one.says, f"own {place}"), heard.asks, answers=True)
        return None
