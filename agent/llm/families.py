"""What each family of OpenAI's models takes: one that is sent what it does not take refuses the request.

Source: OpenAI's deployment checklist and its guide from GPT-4.x to GPT-6 Luna (November 2026). Sampling
goes with effort ``none`` alone; models that always reason call functions over the Responses API alone.
"""

import re
from dataclasses import dataclass

NO_EFFORT = "none"


@dataclass(frozen=True)
class Family:
    """A family of models.

    Attributes:
        names: The names that belong to it, whole but for a date.
        effort: The least reasoning that it can be told; None where it cannot be told.
        verbosity: Whether it can be told how much to say.
        limit: How Chat Completions calls the bound on an answer's tokens.
        samples: Whether it takes temperature and top_p, when it does not reason.
    """

    names: re.Pattern[str]
    effort: str | None
    verbosity: bool
    limit: str = "max_completion_tokens"
    samples: bool = True


FAMILIES = (
    Family(re.compile(r"gpt-(?:6-luna|6-sol)"), NO_EFFORT, verbosity=True),
    Family(re.compile(r"gpt-(?:6-astra|6\.1-sol)"), "low", verbosity=True),
    Family(re.compile(r"gpt-5\.\d+(?:-(?:mini|nano|luna|sol|terra))?"), NO_EFFORT, verbosity=True),
    Family(re.compile(r"o\d(?:-mini)?"), "low", verbosity=False),
)
"""First match counts."""
OTHERS = Family(re.compile(".*"), None, verbosity=False, limit="max_tokens")
"""A model that is not in the table, on whatever server: it is sent what every server has always taken."""

_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def family_of(model: str) -> Family:
    """Find what a model takes."""
    name = _DATE.sub("", model)
    return next((one for one in FAMILIES if one.names.fullmatch(name)), OTHERS)
