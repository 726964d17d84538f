"""What a decision of the local receptionist costs, over everything that the simulated patients say to it."""

import asyncio
import statistics
import time
from pathlib import Path

from agent.dialogue.policy import Action
from agent.warm_up import warm_up
from config.logs import configure_logs
from config.settings import LogSettings
from rehearsal.rehearse import make_patient
from rehearsal.scenario import Scenario, load_scenario
from tests.fakes.practice_api import Conversation

LIMIT_P99_MS = 30.0
_SCENARIOS = Path(__file__).parents[2] / "rehearsal" / "scenarios"


class TimedConversation(Conversation):
    """A conversation in which each decision about a caller's words is timed, in milliseconds."""

    def __init__(self, caller_number: str | None) -> None:
        super().__init__(caller_number=caller_number)
        self.taken: list[float] = []

    def _decide(self) -> Action:
        spoke = bool(self.messages) and self.messages[-1]["role"] == "user"
        began = time.process_time()
        action = super()._decide()
        if spoke:
            self.taken.append((time.process_time() - began) * 1000)
        return action

    def _check(self, words: str) -> None:
        """The repeats are counted elsewhere."""


async def decisions(scenario: Scenario) -> list[float]:
    """Let the patient of a scenario talk with the receptionist, whatever comes of it."""
    patient, talk = make_patient(scenario, "whisper", 0), TimedConversation(scenario.from_)
    await talk.start()
    reply = patient.begin()
    for _ in range(scenario.most_turns):
        answer = await talk.hear(reply.say)
        if reply.ends or talk.context.ending.ending is not None:
            break
        reply = patient.hear(answer)
        if not reply.say:
            break
    return talk.taken


def main() -> None:
    """Print how long decisions take."""
    configure_logs(LogSettings(level="error", format="console"))
    warm_up()
    scenarios = [load_scenario(path) for path in sorted(_SCENARIOS.rglob("*.toml"))]
    taken = [one for scenario in scenarios for one in asyncio.run(decisions(scenario))]
    p99 = statistics.quantiles(taken, n=100)[-1]
    print(
        f"{len(taken):,} utterances in {len(scenarios)} conversations; processor time of a decision: ", end=""
    )
    print(f"median {statistics.median(taken):.1f} ms, p99 {p99:.1f} ms (aim {LIMIT_P99_MS:g} ms), ", end="")
    print(f"longest {max(taken):.1f} ms")


if __name__ == "__main__":
    main()
