"""Everything the receptionist says: product copy, short enough to be heard once.

Where a sentence has several wordings they are taken in turn, so that nothing is said the same way twice
in a row.
"""

from collections.abc import Sequence
from datetime import datetime

from agent.receptionist.questions import Ask
from contracts.partner import PracticeFacts
from language.choices import Offer
from language.speak import article, clock, day, listing, ordinal

MOST_LISTED = 5
"""Services or people named in one breath."""


def greeting(facts: PracticeFacts, assistant_name: str | None = None) -> str:
    """Open the call: whose phone this is, and that a machine answers it.

    Args:
        assistant_name: What the assistant is called, if it has a name.

    Returns:
        Four to five seconds of speech.
    """
    who = f"{assistant_name}, the automated assistant" if assistant_name else "the automated assistant"
    return f"Thank you for calling {facts.name}. This is {who}. How can I help you?"


def silence_prompt(count: int) -> str:
    """Give what is said into silence.

    Args:
        count: 1 for the first re-prompt, 2 for the second; from 3 on it is the goodbye.
    """
    prompts = (
        "Are you still there?",
        "I can't hear you at the moment. Are you still there?",
        "I still can't hear anything, so I'll hang up now. Please call again any time. Goodbye.",
    )
    return prompts[min(max(count, 1), len(prompts)) - 1]


def goodbye(facts: PracticeFacts, *, unfinished: bool = False, more: bool = False) -> str:
    """Close the call.

    Args:
        unfinished: A booking was begun and not made; the caller shall not think otherwise.
    """
    if unfinished:
        what = "anything more" if more else "anything"
        return f"All right. I haven't booked {what}. Thank you for calling {facts.name}. Goodbye."
    return f"Thank you for calling {facts.name}. Goodbye."


def looking(count: int) -> str:
    """Fill the moment in which the calendar is asked."""
    return _turn(_LOOKING, count)


def checking(count: int) -> str:
    """Fill the moment in which the files are searched or a booking is made."""
    return _turn(_CHECKING, count)


def ask(
    question: Ask,
    facts: PracticeFacts,
    count: int,
    *,
    last_four: str = "",
    so_far: str = "",
    for_other: bool = False,
) -> str:
    """Word a question.

    Args:
        count: How often it was asked before; each time it is worded differently, the third time with choices.
        last_four: The last digits of the number they call from.
    """
    services = listing([article(service.name) for service in facts.services[:MOST_LISTED]])
    people = listing([one.name for one in facts.practitioners[:MOST_LISTED]])
    ending = " ".join(last_four)
    heard = _grouped(so_far)
    whose = "the patient's" if for_other else "your"
    wordings: dict[Ask, tuple[str, ...]] = {
        Ask.HELP: (
            "How can I help you?",
            "I can book an appointment or answer a question. How can I help?",
            "What can I do for you today?",
        ),
        Ask.SERVICE: (
            "What would you like to come in for?",
            f"What kind of visit would you like? I can book {services}."
            if services
            else "What kind of visit would you like?",
            f"Which service should I look for: {services}?" if services else "What is the visit for?",
        ),
        Ask.PRACTITIONER: (
            f"Whom would you like to see: {people}?" if people else "Whom would you like to see?",
            f"Which doctor do you prefer: {people}, or anybody?" if people else "Which doctor do you prefer?",
        ),
        Ask.WHEN: (
            "What day and time would suit you?",
            "Which day would you like to come, and morning or afternoon?",
            "For example, Tuesday morning, or as soon as possible. When would you like to come?",
        ),
        Ask.NAME: (
            f"What's {whose} full name, please?",
            f"Could you tell me {whose} first and last name?",
            f"Please say {whose} name slowly, first name and then last name. What name should I put?",
        ),
        Ask.LAST_NAME: ("And the last name?", "What's the last name, please?"),
        Ask.SPELLING: (
            "Could you spell the last name for me, letter by letter?",
            "Please spell the last name once more, slowly, one letter at a time. How is it spelled?",
        ),
        Ask.CALLER_PHONE: (
            f"Can I use the number you're calling from, ending in {ending}?",
            f"Is the number you're calling from, ending in {ending}, a good one? Yes or no?",
            f"Should we use this number, the one ending in {ending}?",
        ),
        Ask.PHONE: (
            "What's the best phone number to reach you?",
            "Could you give me your phone number, digit by digit, with the area code?",
            "Please say the phone number slowly, three digits at a time. What is the number?",
        ),
        Ask.PHONE_REST: (
            f"I have {heard}. What's the rest of the number?",
            f"So far I have {heard}. Which digits come after that? What's the rest?",
            f"{heard}, and then? What's the rest of the number?",
        ),
        Ask.READ_BACK: (
            "Is that right?",
            "Is all of that right? Please say yes or no.",
            "Is everything correct, yes or no?",
        ),
        Ask.WHAT_TO_CHANGE: (
            "What should I change: the time, the name, or the phone number?",
            "Which part is wrong: the time, the name, or the number?",
        ),
        Ask.ANYTHING_ELSE: (
            "Is there anything else I can help with?",
            "Anything else I can do for you?",
            "Is there something else you need today?",
        ),
        Ask.BOOK_OFFER: (
            "Would you like me to book an appointment?",
            "Shall I look for an appointment for you?",
        ),
        Ask.PERSON_OFFER: (
            "Would you like me to put you through to someone?",
            "Shall I connect you with someone at the practice?",
        ),
        Ask.MESSAGE_OFFER: (
            "Would you like me to take a message for the team?",
            "Shall I take a message, so that someone can get back to you?",
        ),
        Ask.PERSON_OR_MESSAGE: (
            "Would you like to speak with someone, or leave a message?",
            "Shall I put you through to someone, or take a message? Please say person, or message.",
        ),
        Ask.MESSAGE_TEXT: (
            "What should I tell them?",
            "What would you like me to pass on to the team?",
            "Please go ahead with your message. What should I pass on?",
        ),
    }
    return _turn(wordings.get(question, wordings[Ask.HELP]), count)


def unclear(count: int) -> str:
    """Say that nothing was understood, before the question is asked differently."""
    return _turn(_UNCLEAR, count)


def without_excuse(text: str) -> str:
    """Take off the excuse for not having understood: when the rest is said again it is out of place."""
    for excuse in (*_UNCLEAR, TROUBLE):
        text = text.removeprefix(excuse).lstrip()
    return text


def offer(offers: Sequence[Offer], count: int, *, named: bool = False, practitioners: bool = False) -> str:
    """Offer slots and ask which.

    Args:
        named: The caller asked for this very time and it is free.
    """
    if len(offers) == 1:
        only = _full(offers[0], practitioners=practitioners)
        if named:
            return f"{_capital(only)} is free. {_turn(_TAKE_IT, count)}"
        return f"I have {only}. {_turn(_TAKE_IT, count)}"
    question = _turn(_WHICH, count)
    return f"{_listed(offers, practitioners=practitioners)} {question}"


def which_of(offers: Sequence[Offer], count: int) -> str:
    """Ask which of the slots that fit was meant.

    Args:
        count: How often a slot was asked for before.
    """
    shown = list(offers)[:3]
    starts = [one.start for one in shown if one.start]
    if len(starts) == len(shown) and len({start.date() for start in starts}) == 1 and not _same_start(shown):
        listed = listing([clock(start) for start in starts])
    else:
        listed = listing([_full(one, practitioners=_same_start(shown)) for one in shown])
    return f"{_turn(_WHICH_OF, count)}: {listed}?"


def thanks(name: str) -> str:
    """Thank the caller by the first name."""
    first = name.split(maxsplit=1)[0] if name else ""
    return f"Thank you, {first}." if first else "Thank you."


def emergency(number: str) -> str:
    """Send a caller with red flags to the emergency number."""
    return f"That sounds like an emergency. Please hang up and call {number} right now."


def despair(number: str) -> str:
    """Send a caller who speaks of ending their life to help."""
    line = "You can also call or text nine eight eight, day or night. " if number == "nine one one" else ""
    return f"I'm so sorry you're going through this. Please call {number} right now. {line}".strip()


def identity(facts: PracticeFacts, count: int) -> str:
    """Say what is talking."""
    return _turn(
        (
            f"I'm the automated assistant of {facts.name}, a computer, not a person.",
            f"This is {facts.name}. I'm its automated assistant.",
        ),
        count,
    )


ADVICE = (
    "I can't give medical advice, but the team can.",
    "That's a question for the dentist or doctor; I can't advise on it.",
)
OPINION = (
    "I'm not the one to judge that, but I can gladly find you a visit.",
    "That I can't judge for you. You're welcome to come in and see for yourself.",
)
PRIVACY = (
    "I'm sorry, I can't share anything about other people, not even whether they come here.",
    "For privacy reasons I can't say anything about anybody else.",
)
LOOKUP = (
    "I can't look into records, but the team can.",
    "I'm sorry, I don't have access to records.",
)
CHANGE = (
    "That's something the team can help you with.",
    "The team can see to that appointment.",
)
COMPLAINT = (
    "I'm sorry about that; you should not have to put up with it.",
    "I'm sorry for the trouble; the team should hear about it.",
)
SYMPATHY = ("I'm sorry to hear that.", "Oh dear, I'm sorry.")
LATE = ("Thanks for letting us know.", "All right, the team should know about that.")
LANGUAGE = ("I'm sorry, I only speak English.", "I can only help in English, I'm afraid.")
HOLDING = ("Of course, take your time.", "No problem, I'll wait.", "Sure, whenever you're ready.")
NO_ANSWER = (
    "I don't have that information here.",
    "I'm sorry, I don't know that.",
    "I couldn't find anything about that.",
)
WHAT_QUESTION = (
    "Of course. What can I help you with?",
    "Sure, what would you like help with? How can I help?",
)
NOTHING_BOOKED = ("No, nothing is booked yet.", "Nothing is booked so far.")
NOT_BOOKED_MORE = ("All right, I haven't booked anything more.", "No problem, I've left it at that.")
NOT_BOOKED = ("All right, I haven't booked anything.", "No problem, nothing is booked.")
TROUBLE = "I'm sorry, I'm having trouble understanding you."
GIVING_UP = "I'm sorry, I can't understand you well on this line. Please call again. Goodbye."
CALENDAR_TROUBLE = "I'm sorry, I can't get at the calendar right now."
LOST = "Sorry, I lost you for a moment."
BAD_DIGITS = ("That doesn't seem to be a whole phone number.", "I don't think I got that number right.")
NOT_OFFERED = ("I'm not sure I can book that.", "I don't have that on my list.")
ALL_RIGHT = ("All right.", "Okay.", "Sure.")
GREAT = ("Great.", "Good.", "All right.")


_LOOKING = ("One moment, let me look.", "Let me check the calendar.", "Just a moment, I'll have a look.")
_CHECKING = ("One moment, please.", "Just a moment.", "Let me see.")


_UNCLEAR = (
    "Sorry, I didn't catch that.",
    "I'm sorry, I still didn't get that.",
    "Sorry, the line isn't clear.",
)
_TAKE_IT = ("Does that work for you?", "Would you like that one?", "Does that suit you?")
_WHICH = ("Which one would you like?", "Which of those works for you?", "Which would you prefer?")
_WHICH_OF = ("Which one do you mean", "Sorry, which of them", "Which one shall it be")


def is_filler(text: str) -> bool:
    """Tell whether a piece of speech ends with words that only fill the time of a function call."""
    return text.rstrip().endswith((*_LOOKING, *_CHECKING))


def split_filler(text: str) -> tuple[str, str]:
    """Part what has to be said from the words that only fill the time of a function call.

    Returns:
        What has to be said, and the filler; either may be empty.
    """
    text = text.rstrip()
    filler = next((words for words in (*_LOOKING, *_CHECKING) if text.endswith(words)), "")
    return text.removesuffix(filler).rstrip() if filler else text, filler


def one_of(wordings: Sequence[str], count: int) -> str:
    """Take the wordings of a sentence in turn."""
    return _turn(wordings, count)


def _turn(wordings: Sequence[str], count: int) -> str:
    return wordings[count % len(wordings)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _same_start(offers: Sequence[Offer]) -> bool:
    return len({one.start for one in offers}) < len(offers)


def _full(one: Offer, *, practitioners: bool) -> str:
    return f"{one.spoken} with {one.practitioner}" if practitioners and one.practitioner else one.spoken


def _listed(offers: Sequence[Offer], *, practitioners: bool) -> str:
    starts = [one.start for one in offers]
    known = [start for start in starts if start is not None]
    if len(known) < len(starts):
        return f"I have {listing([_full(one, practitioners=practitioners) for one in offers])}."
    who = [f" with {one.practitioner}" if practitioners and one.practitioner else "" for one in offers]
    if len(set(who)) == 1:
        shared, who = who[0], [""] * len(offers)
    else:
        shared = ""
    if len({start.date() for start in known}) == 1:
        times = listing([f"{clock(start)}{name}" for start, name in zip(known, who, strict=True)])
        return f"On {day(known[0])}{shared}, I have {times}."
    return (
        f"I have {listing([f'{_day_once(known, index)}{name}' for index, name in enumerate(who)])}{shared}."
    )


def _day_once(starts: Sequence[datetime], index: int) -> str:
    """Say a slot in a row; the day is not said again when it is that of the slot before."""
    start = starts[index]
    if index and starts[index - 1].date() == start.date():
        return clock(start)
    if index and starts[index - 1].month == start.month:
        weekday = day(start).split(" ", 1)[0]
        return f"{weekday} the {ordinal(start.day)} at {clock(start)}"
    return f"{day(start)} at {clock(start)}"


def _grouped(digits: str) -> str:
    """Say digits in groups of three; the last group takes the rest."""
    groups = [digits[:3], digits[3:6], digits[6:]]
    return ", ".join(" ".join(group) for group in groups if group)
