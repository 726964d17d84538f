"""What of an answer of the model is said, on the phone and by text alike: whole sentences that are true.

A sentence that may not be said is told to the model, with the reason, once a turn; when the next answer holds
another one, what is true is said in its place.
"""

import re
from collections.abc import Iterable

from agent.expected import expected_after
from agent.llm.messages import ModelFailed, clean
from agent.statements.check import Verdict
from agent.statements.kinds import kinds_of
from agent.statements.speech import SpeechGate
from agent.telephony.patience import Expected

_RUN = re.compile(r"([^\w\s])\1{3,}")
"""The same mark over and over: nobody can say it."""


_TALK = 0.5
"""How likely a sentence that claims nothing is to be no claim."""
_PUT_OFF = Verdict(ok=False, kind="put_off", reason="nothing is done by saying so: call the function")


class NotSaidError(Exception):
    """A sentence of the model's that may not be said."""

    def __init__(self, sentence: str, verdict: Verdict, said: Iterable[str] = ()) -> None:
        super().__init__("a sentence may not be said")
        self.sentence, self.verdict = sentence, verdict
        before = " ".join(said)
        already = f'You have said so far: "{before}" ' if before else ""
        self.told = (
            f'{already}This was not said: "{sentence}", because {verdict.reason}. Answer again, without it, '
            "and do not repeat what you have said."
        )
        """What the model is told."""


def told_to_go_on(said: Iterable[str]) -> str:
    """Give what a model is told that has said that it looks something up, and has not."""
    return (
        f'You have said "{" ".join(said)}", and called no function: nothing is being done, and they wait. '
        "Call the function now, or answer. Do not repeat what you have said."
    )


class AnswerCheck:
    """Takes one answer as it comes, and gives the sentences of it that are said.

    Args:
        asks_again: The model can be asked again; otherwise what is true is said in a sentence's place.
    """

    def __init__(self, gate: SpeechGate, *, asks_again: bool) -> None:
        self._gate = gate
        self._asks_again = asks_again
        self.said: list[str] = []
        """The sentences that were let through."""

    def feed(self, text: str) -> list[str]:
        """Take the next piece; gives the sentences that are complete now, not yet checked."""
        return self._sentences(self._gate.feed(clean(text)))

    def flush(self) -> list[str]:
        """Give what is left when the answer has come to its end, not yet checked."""
        return self._sentences(self._gate.flush())

    def check(self, sentence: str, *, beside_calls: bool = False) -> list[str]:
        """Let a sentence through, or what stands in for it, or nothing; NotSaidError asks the model again.

        What functions give that were called in the same breath (``beside_calls``) is said anyway.
        """
        verdict = self._gate.judge(sentence)
        if verdict.ok:
            said = [sentence]
        elif beside_calls:
            said = []
        elif self._asks_again:
            raise NotSaidError(sentence, verdict, self.said)
        else:
            said = self._gate.true_words([sentence])
        self.said += said
        return said

    def only_promises(self) -> bool:
        """Tell whether what was said leaves whoever hears it waiting for more: "let me look"."""
        if not self.said or expected_after(" ".join(self.said)) is not Expected.NOTHING:
            return False
        # "A check-up takes thirty minutes" asks for nothing either, but it says something.
        (kinds,) = kinds_of(self.said[-1:])
        return kinds["talk"] > _TALK

    def check_end(self) -> None:
        """See that an answer that is sent as a whole, without a function call, is one.

        Raises:
            NotSaidError: The model is to be asked again.
            ModelFailed: It was.
        """
        if not self.only_promises():
            return
        if not self._asks_again:
            raise ModelFailed("the answer is put off")
        raise NotSaidError(" ".join(self.said), _PUT_OFF)

    def _sentences(self, sentences: Iterable[str]) -> list[str]:
        tidied = (_RUN.sub(r"\1", one) for one in sentences)
        return [one for one in tidied if any(map(str.isalnum, one))]
