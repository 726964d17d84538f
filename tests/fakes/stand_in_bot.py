"""A receptionist that does everything right, and one fault on purpose: what a rehearsal has to catch."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from rehearsal.practice import Appointment, HandOff, Message, Practice, Service, State
from rehearsal.rehearse import BotTurn, Unreachable
from rehearsal.scenario import Patient, Scenario
from rehearsal.spoken_times import read_times

PRACTICE = Practice(
    name="Maple Street Dental",
    timezone="America/New_York",
    hours={day: [(time(9), time(17))] for day in range(4)} | {4: [(time(9), time(14))]},
    closed={date(2026, 12, 24): "Christmas Eve", date(2026, 12, 25): "Christmas Day"},
    services=[Service("Cleaning", 45), Service("Check-up", 30), Service("Filling", 60)],
    people={"Dr. Maya Lee": [], "Dr. Omar Haddad": ["Check-up", "Filling"]},
    phones=["+12025550142", "+12025550143"],
    texts=["A cleaning is $140, a check-up $95, a filling $210. Dr. Maya Lee and Dr. Omar Haddad."],
)
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "- Jan Feb March April May June July August September October November December".split()


def _spoken(moment: datetime) -> str:
    half = "a.m." if moment.hour < 12 else "p.m."
    minutes = f":{moment.minute:02}" if moment.minute else ""
    clock = f"{moment.hour % 12 or 12}{minutes} {half}"
    return f"{_WEEKDAYS[moment.weekday()]}, {_MONTHS[moment.month]} {moment.day} at {clock}"


class StandIn:
    """A practice and its bot in one; a `World` and a `TextBot` of `rehearsal.rehearse`.

    Args:
        fault: What it does wrong, empty for nothing.
    """

    practice = PRACTICE

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self._state = State()
        self._scenario: Scenario | None = None
        self._wish = ""
        self._offer: datetime | None = None
        self._step = "begin"
        self._asked_name = 0

    # The world

    async def prepare(self, scenario: Scenario) -> None:
        self._scenario = scenario
        seeds = tuple(
            Appointment(
                f"seed{place}",
                one.service,
                one.patient,
                one.phone,
                one.with_,
                one.start,
                one.start + timedelta(minutes=30),
                "confirmed",
            )
            for place, one in enumerate(scenario.world.appointments)
        )
        self._state = State(seeds)

    async def state(self) -> State:
        return self._state

    async def trouble(self, scenario: Scenario) -> None:
        """Nothing of it is needed here."""

    async def take(self, spoken: str) -> None:
        """As above."""

    # The bot

    async def say(self, text: str) -> BotTurn:  # noqa: PLR0911 - a decision a line
        low = text.lower()
        if self.fault == "server error" and self._step != "begin":
            raise Unreachable("the bot answered with status 500")
        if "swallow" in low or "breathe" in low:
            return self._danger()
        if self._step == "done":
            return BotTurn("Thank you for calling. Goodbye.", ended=True)
        if self._step == "change":
            return self._changed()
        if any(word in low for word in ("cancel", "move")) and self._step == "begin":
            return self._change(low)
        if "message" in low or self._step.startswith("message"):
            return self._message(text)
        if "how much" in low or "what does" in low:
            self._step = "more"
            price = 135 if self.fault == "wrong price" else 140
            return BotTurn(f"A cleaning is {price} dollars. Is there anything else I can help with?")
        if "person" in low:
            return self._person()
        if self._step == "more" and "book" not in low and "like" not in low:
            self._step = "done"
            return BotTurn("Thank you for calling Maple Street Dental. Goodbye.", ended=True)
        return self._book(text)

    def _danger(self) -> BotTurn:
        if self.fault == "ignored danger":
            return BotTurn("Oh dear. What day and time would suit you?")
        self._step = "done"
        if self.fault != "no hand-off in danger":
            self._state = replace(self._state, hand_offs=(HandOff("emergency"),))
        return BotTurn("That sounds like an emergency. Please call 911 right now.")

    def _person(self) -> BotTurn:
        self._step = "done"
        if self.fault != "hand-off not made":
            self._state = replace(self._state, hand_offs=(HandOff("routine"),))
        return BotTurn("One moment, I'll put you through.", ended=True)

    def _message(self, text: str) -> BotTurn:
        if self._step != "message":
            self._step = "message"
            return BotTurn("Of course. What should I tell them?")
        kept = "" if self.fault == "message garbled" else text
        number = "+12025550199" if self.fault == "message with a wrong number" else self._patient().phone
        if self.fault != "message lost":
            self._state = replace(self._state, messages=(Message(kept, self._patient().name, number),))
        if self.fault == "message twice":
            self._state = replace(self._state, messages=(*self._state.messages, Message(kept, "", number)))
        self._step = "more"
        return BotTurn("Thank you, I've passed your message on to the team. Is there anything else?")

    def _change(self, low: str) -> BotTurn:
        """Read the change back; `_changed` makes it after a yes."""
        self._wish = "cancel" if "cancel" in low else "move"
        self._step = "change"
        seed = self._state.appointments[0]
        self._offer = self._first(low)
        if self._wish == "cancel":
            return BotTurn(f"That's your cleaning on {_spoken(seed.start)}. Shall I cancel it?")
        assert self._offer is not None
        return BotTurn(f"Your cleaning would be on {_spoken(self._offer)} then. Shall I move it?")

    def _changed(self) -> BotTurn:
        self._step = "more"
        seed, *others = self._state.appointments
        if self._wish == "cancel":
            done = replace(seed, status="cancelled")
            if self.fault == "cancels the wrong one":
                wrong = (seed, replace(others[0], status="cancelled"))
                self._state = replace(self._state, appointments=wrong)
            elif self.fault != "cancelled and was not":
                self._state = replace(self._state, appointments=(done, *others))
            return BotTurn("Your cleaning is cancelled. Is there anything else?")
        start = self._offer or seed.start
        moved = replace(seed, start=start)
        if self.fault == "moves by booking a second":
            second = (seed, replace(moved, id="second"), *others)
            self._state = replace(self._state, appointments=second)
        elif self.fault != "moved and was not":
            self._state = replace(self._state, appointments=(moved, *others))
        return BotTurn(f"Your cleaning is moved to {_spoken(start)}. Is there anything else?")

    def _book(self, text: str) -> BotTurn:  # noqa: PLR0911 - a decision a line
        low = text.lower()
        start = self._first(text)
        if start is not None and self._step in {"begin", "more"}:
            return self._offered(start)
        if self._step == "offer":
            self._step = "name"
            return BotTurn("Great. What's your full name, please?")
        if self._step == "name":
            self._asked_name += 1
            if self.fault == "repeated question" and self._asked_name < 4:
                return BotTurn("And your full name, please?")
            self._step = "phone"
            return BotTurn("Thank you. What's the best phone number to reach you?")
        if self._step == "phone":
            self._step = "read-back"
            if self.fault == "skipped read-back":
                return self._booked()
            return self._read_back()
        if self._step == "read-back":
            return self._booked() if "yes" in low or "correct" in low or "right" in low else self._read_back()
        return BotTurn("What day and time would suit you?")

    def _offered(self, start: datetime) -> BotTurn:  # noqa: PLR0911 - a fault a line
        self._step = "offer"
        self._offer = start
        match self.fault:
            case "nothing free, untrue":
                return BotTurn(f"I'm sorry, there's nothing free on {_spoken(start).split(' at ')[0]}.")
            case "closed, untrue":
                day = _spoken(start).split(" at ")[0]
                return BotTurn(f"I'm sorry, we're closed on {day}. Which other day would you like?")
            case "offers a closed day":
                return BotTurn("Saturday, December 5 at 10 a.m. is free. Shall I take that?")
            case "weekday does not fit":
                return BotTurn(f"Friday, {_spoken(start).split(', ')[1]} is free. Shall I take that?")
            case "a doctor who is not there":
                return BotTurn(f"{_spoken(start)} with Dr. Brown is free. Shall I take that?")
            case "leaked patient":
                other = self._state.appointments[-1].patient
                return BotTurn(
                    f"{other} is in at nine that day; {_spoken(start)} is free. Shall I take that?"
                )
            case "a number that is nobody's":
                return BotTurn(f"Call 646 555 0199 in trouble. {_spoken(start)} is free. I take it. Fine.")
            case "false alarm":
                self._state = replace(self._state, hand_offs=(HandOff("emergency"),))
                return BotTurn("Please call 911 right now.")
        return BotTurn(f"{_spoken(start)} is free. Shall I take that?")

    def _read_back(self) -> BotTurn:
        assert self._offer is not None
        patient = self._patient()
        number = " ".join(patient.phone[2:])
        said = f"That's a cleaning with Dr. Maya Lee on {_spoken(self._offer)}, for {patient.name}, {number}."
        return BotTurn(f"{said} Is that right?")

    def _booked(self) -> BotTurn:
        assert self._offer is not None
        self._step = "more"
        if self.fault == "unsaid failure":
            return BotTurn("All right. Is there anything else I can help with?")
        start, patient = self._offer, self._patient()
        shift = {
            "a day off": timedelta(days=1),
            "wrong zone": timedelta(hours=5),
            "an hour off": timedelta(hours=1),
        }
        row = Appointment(
            "made",
            "Check-up" if self.fault == "wrong service" else "Cleaning",
            "Mr. Somebody" if self.fault == "wrong name" else patient.name,
            "+12025550199" if self.fault == "wrong number" else patient.phone,
            "Dr. Omar Haddad" if self.fault == "wrong dentist" else "Dr. Maya Lee",
            start + shift.get(self.fault, timedelta()),
            start + timedelta(minutes=45),
            "confirmed",
        )
        rows = [row]
        if self.fault == "second booking":
            rows.append(replace(row, id="again", start=start + timedelta(hours=1)))
        if self.fault == "untrue booked":
            rows = []
        self._state = replace(self._state, appointments=(*self._state.appointments, *rows))
        if self.fault == "says another time than it booked":
            start += timedelta(hours=2)
        return BotTurn(f"You are booked for a cleaning on {_spoken(start)}. Is there anything else?")

    def _patient(self) -> Patient:
        assert self._scenario is not None
        return self._scenario.patient

    def _first(self, text: str) -> datetime | None:
        assert self._scenario is not None
        found = read_times(text, self._scenario.now.date())
        return next((one.moment for one in found if one.moment), None)
