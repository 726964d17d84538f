"""What a caller wants, recognised in the words of one utterance."""

import re
from enum import StrEnum


class Intent(StrEnum):
    """Something a caller may want; the order is the order in which they are looked for."""

    DESPAIR = "despair"
    """Speaks of ending their life."""
    EMERGENCY = "emergency"
    """Red flags that belong to the emergency number."""
    IDENTITY = "identity"
    """Who or what am I talking to?"""
    RECAP = "recap"
    """What did I book, when was that again?"""
    REPEAT = "repeat"
    """Say that again."""
    LATE = "late"
    """Running late for an appointment."""
    CHANGE = "change"
    """Cancel or move an appointment that exists."""
    LOOKUP = "lookup"
    """Look up an appointment that exists."""
    PRIVACY = "privacy"
    """About somebody else."""
    PERSON = "person"
    """Talk to a human."""
    MESSAGE = "message"
    """Leave a message, be called back."""
    ADVICE = "advice"
    """Medical advice."""
    HOURS = "hours"
    ADDRESS = "address"
    PHONE = "phone"
    DURATION = "duration"
    PRACTITIONERS = "practitioners"
    SERVICES = "services"
    LANGUAGE = "language"
    """Does anybody speak another language?"""
    KNOWLEDGE = "knowledge"
    """A question that the practice's files may answer."""
    ABANDON = "abandon"
    """Never mind, forget it."""
    BOOK = "book"
    BYE = "bye"
    THANKS = "thanks"
    HOLD = "hold"


_KIN = (
    r"(?:wife|husband|partner|spouse|boyfriend|girlfriend|son|daughter|kid|child|mother|father|mom|mum|dad|sister|brother|"
    r"friend|neighbou?r|boss|employee|co ?worker|roommate|ex|ex wife|ex husband|client)"
)
_VISIT = (
    r"(?:appointments?|appt|booking|visit|check ?up|cleaning|time ?slot|slot|opening|consultation|consult|exam|reservation|"
    r"something|anything)"
)
_CLINICIAN = r"(?:a |the |my |your )?(?:dr|doctor|dentist|hygienist|nurse|specialist|orthodontist|physician)"

_PATTERNS: tuple[tuple[Intent, str], ...] = (
    (
        Intent.DESPAIR,
        r"suicid\w*|kill(?:ing)? myself|end(?:ing)? my (?:own )?life|want to die|wanna die|hurt(?:ing)? myself|"
        r"harm(?:ing)? myself|take my own life|don't want to (?:live|be alive)",
    ),
    (
        Intent.EMERGENCY,
        r"chest (?:pain|hurts|is tight|tightness|pressure)\w*|(?:pain|pressure|tightness) in (?:my|his|her|the) chest|"
        r"(?:can't|cannot|can not|can hardly|can barely|couldn't|trouble|difficulty|hard to|struggling to|problems?)(?: \w+)? breath\w*|"
        r"not breathing|short(?:ness)? of breath|stopped breathing|heart attack|(?:a|having a|had a) stroke|chok(?:ing|ed)|"
        r"(?:bleed\w*|blood)(?: \w+){0,4} (?:won't|doesn't|isn't|not|can't|will not|does not)(?: \w+)? ?stop\w*|"
        r"(?:won't|can't|doesn't|will not|cannot) (?:\w+ )?stop(?: the)? bleed\w*|uncontroll\w+ bleed\w*|"
        r"bleeding (?:badly|heavily|a lot|profusely|really bad|so much|out)|"
        r"unconscious|unresponsive|passed out|seizures?|convuls\w+|overdos\w+|poison\w+|anaphyla\w+|severe allergic|"
        r"throat (?:is )?(?:closing|swelling)|swell\w*(?: \w+){0,6} (?:breathe?|breathing|swallow\w*)|can't swallow|"
        r"(?:medical|life threatening) emergency|call(?:ing)? (?:911|9 1 1|nine one one|an ambulance)|need an ambulance|"
        r"facial droop|face is drooping|slurr\w+ speech|coughing up blood|vomiting blood|knocked out cold",
    ),
    (
        Intent.IDENTITY,
        r"(?:are|r) you (?:a |an |even |really |actually )*(?:real|human|robot|machine|bot|computer|ai|a i|person|automated|"
        r"recording|alive|artificial\w*)\b.*|is this (?:a |an |even |really |actually )*(?:real|human|robot|bot|machine|recording|"
        r"ai|a i|automated|person|computer|answering machine|voicemail)\b.*|"
        r"am i (?:talking|speaking) (?:to|with)\b.*|who am i (?:talking|speaking) (?:to|with)|who(?:'s| is) this|who are you|"
        r"what are you|what(?:'s| is) your name|(?:talking|speaking) to a (?:robot|machine|computer|bot)|"
        r"(?:is this|have i reached|did i reach|do i have) (?:the )?(?:right (?:place|number)|[\w' ]*(?:dental|dentist|dentistry|"
        r"clinic|practice|medical|office|doctor))",
    ),
    (
        Intent.RECAP,
        r"(?:what|when)(?: \w+){0,3} (?:time|day|date)?\s?(?:was|did)(?: \w+){0,5} (?:book|appointment|again)(?:ed)?|"
        r"when is (?:my|the|that) (?:new )?appointment(?: again)?|what did (?:you|we|i) book|what time (?:was|is) (?:that|it)(?: again)?|"
        r"(?:repeat|confirm|remind me of|tell me) (?:the|my|that) (?:appointment|booking|details|date|time)(?: again)?",
    ),
    (
        Intent.REPEAT,
        r"(?:can|could|would|will)? ?(?:you )?(?:please )?(?:say|repeat) (?:that|it|them|those|the (?:times|options|question|last (?:bit|part)))"
        r"(?: again| once more| one more time)?|"
        r"what was that(?: again)?|come again|pardon(?: me)?|beg your pardon|say (?:that |it )?again|what did you (?:just )?say|"
        r"(?:i )?(?:didn't|did not|couldn't|could not|can't|cannot) (?:\w+ )?(?:hear|catch|get|understand)(?: that| you| it| what you said)?|"
        r"what were (?:the|those|my)(?: \w+)? (?:times|options|choices)(?: again)?|(?:what were|which were) they(?: again)?|"
        r"sorry what|what sorry|one more time|repeat|slow(?:er| down)|speak (?:up|slower|louder)|louder|(?:you're|you are) breaking up|"
        r"^(?:i'm )?(?:what|sorry|huh|eh|excuse me|come again|hello|hello hello|are you (?:still )?there|can you hear me)$",
    ),
    (
        Intent.LATE,
        r"(?:running|be|gonna be|going to be|i'm|am|bit|little|minutes) late\b(?! (?:in|on|next|this|afternoon|morning|tomorrow))|"
        r"stuck in traffic|won't make it|can't make (?:it|my)",
    ),
    (
        Intent.CHANGE,
        r"(?:cancel\w*|reschedul\w*|postpone|rebook|push back|bring forward|switch)(?: \w+){0,6} (?:appointment|appt|booking|visit|cleaning|"
        r"check ?up|it|one|slot|exam)|(?:move|change)(?: \w+){0,3} (?:appointment|appt|booking|visit|cleaning|check ?up|exam)|"
        r"(?:need|like|want|have|calling|wanna|call) to (?:cancel|reschedule|postpone)|^(?:please )?(?:cancel\w*|reschedul\w*)(?: please)?$",
    ),
    (
        Intent.LOOKUP,
        r"(?:do|did) i (?:already )?have (?:an|any|another|my)(?: \w+){0,2} (?:appointment|booking)\w*|"
        r"(?:check|confirm|verify|look up|find)(?: \w+){0,2} my (?:\w+ )?(?:appointment|booking|visit)\w*|what(?:'s| is) my (?:next )?appointment|"
        r"my (?:test|lab|blood|x ?ray) results?|my (?:records?|chart|file|bill|balance|invoice|prescription)\b",
    ),
    (
        Intent.PRIVACY,
        r"is (?:my )?(?:[\w']+ ){1,3}(?:a |one of your |your )(?:patients?|client)|(?:do you have|have you got|have you seen) (?:a patient|my "
        + _KIN
        + r")\b.*|(?:does|did|has|is|was) (?:my "
        + _KIN
        + r"|he|she|mr \w+|mrs \w+|ms \w+|\w+ \w+) (?:\w+ )?(?:have|had|come|came|been|make|made|there|in|coming|seen|show|miss|"
        r"book|booked)\b.{0,40}|when is (?:my "
        + _KIN
        + r"(?:'s)?|his|her|their|\w+'s)(?: \w+)? appointment|(?:do you have|is there) (?:a|any) (?:patient|record|file)s? "
        r"(?:named|called|for|of|on|with)|(?:his|her|my " + _KIN + r"'s) (?:records?|chart|file|results?|treatment|diagnosis)",
    ),
    (
        Intent.PERSON,
        r"(?:speak|talk|speaking|talking|chat) (?:to|with) (?:a |an |the |some ?one|somebody|your |another |any ?one|any ?body|real|"
        r"people|staff|dr|doctor|my|mr|ms|mrs|him|her|them|who)\b.*|real (?:person|human|people)|(?:a|an|the|your|get me) (?:human|person|operator|"
        r"representative|receptionist|agent|manager|supervisor|secretary|live person|staff member)|operator|representative|"
        r"human(?: please| being)?|front desk|(?:transfer|connect|forward) (?:me|my call|the call)|put me (?:through|on)|live (?:person|agent)|"
        r"(?:some ?one|somebody) (?:real|else|there)|reception please|a person",
    ),
    (
        Intent.MESSAGE,
        r"(?:leave|take|pass|give|send|record)(?: \w+){0,4} message|(?:have|get|ask|tell) (?:some ?one|somebody|them|her|him|the \w+|"
        r"dr \w+|doctor \w+|one of)(?: \w+){0,3} (?:call|ring|phone)(?: me)?(?: back)?|call me back|call ?back|give me a (?:call|ring)|"
        r"let (?:them|the (?:doctor|dentist|team|office|staff)|dr \w+|him|her|everyone|you guys) know|(?:some ?one|somebody) (?:to |can |could )?"
        r"(?:call|ring) me|(?:can|could) (?:some ?one|somebody|the \w+|dr \w+) (?:call|ring|phone) me|voice ?mail|"
        r"(?:tell|inform) (?:the (?:doctor|dentist|team|office|staff)|dr \w+) (?:that|i)\b",
    ),
    (
        Intent.KNOWLEDGE,
        r"(?:what (?:should|can|do) i|how (?:do|should) i|can i|should i).{0,30}\bafter (?:a|an|my|the) \w+|after ?care|before (?:my|the|a) "
        r"(?:visit|appointment|cleaning|procedure|surgery|exam)",
    ),
    (
        Intent.ADVICE,
        r"should i (?:take|stop|use|put|be worried|worry|go to|see|get|eat|drink|call|ice|rinse|pull|remove)\b.*|is (?:it|this|that) (?:normal|safe|"
        r"serious|infected|dangerous|broken|cancer\w*|contagious|bad (?:that|if))\b.*|what (?:should|can|do) i (?:do|take|use|put)(?: about| for| if| when| to| on)?\b.*|"
        r"(?:can|could|may) i (?:take|use|put|stop taking)\b.*|(?:do|will) i need (?:antibiotics|a root canal|surgery|stitches|an x ?ray|medicine|to pull)|"
        r"diagnos\w*|dosage|how (?:many|much) (?:ibuprofen|tylenol|advil|aspirin|paracetamol|medicine|antibiotics?|pain ?killers?)\b.*|"
        r"what(?:'s| is) wrong with|what (?:medicine|medication|pain ?killer|antibiotic)\w*|"
        r"(?:prescribe|give me|refill)(?: \w+){0,3} (?:antibiotics?|medicine|medication|prescription|pain ?killers?)",
    ),
    (
        Intent.HOURS,
        r"(?:what|your|office|opening|business|open|the) hours|hours of operation|(?:when|what time|what days?|which days?)(?: \w+){0,3} (?:you|y'all|"
        r"the \w+|it|guys)(?: guys| all)? (?:open|close|opened|closed|start|finish)\b.*|(?:when|what time) (?:do|does|are|is)\b.{0,40}\b(?:open|close|closed|closing)\b|"
        r"(?:are|r) (?:you|y'all)(?: guys| all)?(?: \w+)? (?:open|closed|in)\b.*|is the (?:office|practice|clinic) (?:open|closed)\b.*|how (?:late|early)\b.*|"
        r"(?:open|closed) (?:on|today|tomorrow|this|over|for|during) .*|closing time|opening time|do you (?:open|close|work)\b.*|what days (?:of the week )?are",
    ),
    (
        Intent.ADDRESS,
        r"where (?:are|r) you(?: guys)?(?: \w+)?|where (?:is|do i go|do i come)\b.*|(?:your|the|what's the|street) address|where you(?:'re| are)(?: \w+)?|"
        r"located|location|directions|how (?:do|can|would) i (?:get|find) (?:to|there|you|the)\b.*|what (?:street|floor|suite)",
    ),
    (
        Intent.PHONE,
        r"what(?:'s| is) (?:your|the) (?:phone |telephone |office |call ?back |fax )?number|(?:your|the (?:office|practice|clinic)(?:'s)?) (?:phone |telephone )?number|"
        r"what number (?:do|can|should) i call|number (?:for|of) the (?:office|practice|clinic)",
    ),
    (
        Intent.KNOWLEDGE,
        r"how much\b.*|(?:cost|costs|price|prices|pricing|fee|fees|charge|charges)\b|insurance|insured|medicaid|medicare|delta dental|aetna|cigna|"
        r"blue ?cross|metlife|humana|guardian|united ?health\w*|dental plan|co ?pay|deductible|out of pocket|in network|payment|pay (?:with|by|for|in)|"
        r"credit card|financing|park(?:ing)?\b|wheelchair|accessib\w+|elevator|(?:accept|take|taking|accepting|see|seeing) (?:on )?(?:any )?new patients?|"
        r"new patient (?:forms?|paperwork)|what (?:should|do|must) i bring|(?:bring|paperwork|forms?)\b.*\?|bus stop|subway|wi ?fi|sedation|nitrous|laughing gas|"
        r"cancell?ation (?:policy|fee)|(?:see|treat|take) (?:kids|children|toddlers|babies|emergenc\w+)|do you (?:take|accept|treat|offer discounts)\b.*|"
        r"discount|membership|referrals?\b|policy|policies|walk ?ins?\b|x ?rays? (?:cost|included|safe)",
    ),
    (
        Intent.DURATION,
        r"how long (?:does|is|do|will|would|are)\b.*|how long(?:'s| is) (?:a|an|the)\b.*|how many minutes|how much time",
    ),
    (
        Intent.PRACTITIONERS,
        r"who (?:are|is) (?:the|your|available|working|there)\b.*(?:dr|doctors?|dentists?|hygienists?|providers?|practitioners?|available)?|"
        r"(?:which|what|how many) (?:doctors?|dentists?|hygienists?|providers?|practitioners?)\b.*|names? of (?:the|your) (?:doctors?|dentists?)|"
        r"who (?:will|would) (?:i (?:see|be seeing)|see me|be (?:seeing|treating))\b.*|who (?:do you have|works there)|"
        r"is (?:there a |there )?(?:dr|doctor) [\w' ]+ (?:there|still|work|working|with you)\b.*|does (?:dr|doctor) [\w' ]+ (?:still )?work\b.*",
    ),
    (
        Intent.SERVICES,
        r"(?:what|which) (?:services|treatments|procedures|appointments|kinds? of [\w ]+|types? of [\w ]+|sort of [\w ]+)(?: \w+){0,2} (?:do|can|are|have)?\b.*|"
        r"what (?:all )?do you (?:offer|do|provide|have there)|(?:your|list of) services|do you (?:do|offer|provide|perform)\b.*",
    ),
    (
        Intent.LANGUAGE,
        r"(?:speak|speaks|habla\w*|talk|in) (?:spanish|espa[nñ]ol|french|chinese|mandarin|cantonese|korean|russian|portuguese|arabic|vietnamese|"
        r"polish|german|italian|hindi|tagalog)|habla espa[nñ]ol|interpreter|translator",
    ),
    (
        Intent.ABANDON,
        r"never ?mind|forget (?:it|about it|that)|(?:i )?(?:changed|change) my mind(?: about (?:it|that|booking))?$|don't (?:book|want) (?:it|anything|an appointment)|"
        r"cancel (?:that|this|it)|(?:stop|quit|forget) (?:the )?(?:booking|this)|i'll call back|i'll think about it|call (?:you )?back later|not (?:now|today) thanks",
    ),
    (
        Intent.BOOK,
        r"(?:book|booking|schedule|scheduling|make|making|set up|setting up|get|getting|need|want|like|have|find|arrange|looking for|looking at|after|request|reserve|"
        r"possible to)(?: \w+){0,6} " + _VISIT + r"\b|(?:an|new|another|first|next|available|free|emergency) (?:appointment|appt|visit|opening|slot)s?|"
        r"\b(?:book|schedule)\b|come in\b|be seen|(?:get|fit|squeeze|slot) (?:me )?in\b|see " + _CLINICIAN + r"|see (?:some ?one|somebody)|"
        r"openings?\b|availab\w+|^(?:an )?appointments?(?: please)?$|free (?:time|slot)s?|appointment\b",
    ),
    (
        Intent.BYE,
        r"(?:good ?)?bye\b.*|good night|have a (?:good|nice|great|lovely|wonderful)\b.*|that(?:'s| is| was|'ll be| will be) (?:all|it|everything)\b.*|"
        r"(?:nothing|no thing) (?:else|more)|i'?m (?:all )?(?:good|set|done|fine)\b.*|(?:talk|speak) (?:to you )?(?:later|soon)|hang(?:ing)? up|"
        r"see you\b.*|that's everything|take care|cheers bye|gotta go|(?:i )?(?:have|got|need) to go",
    ),
    (Intent.THANKS, r"thank(?:s| you)\b.*|appreciate (?:it|that|your)|cheers|much obliged"),
    (
        Intent.HOLD,
        r"hold on|hang on|(?:one|just a|a|give me a|wait a|just one)(?: quick)? (?:moment|second|sec|minute|min)|wait(?: please)?$|^wait|bear with me|"
        r"let me (?:check|see|look|think|get|find|grab|ask)\b.*|give me (?:one|a)\b.*|i(?:'m| am) (?:thinking|checking|looking)|(?:where's|checking) my calendar",
    ),
)
_COMPILED = tuple((intent, re.compile(rf"(?:(?<=\W)|^)(?:{pattern})(?=\W|$)")) for intent, pattern in _PATTERNS)
_DENIED = re.compile(r"\b(?:no|not|isn't|not an?|without|don't have|never had|nothing like|wasn't)(?: any| a| an| having)?$")
_URGENT = re.compile(
    r"tooth ?aches?|(?:tooth|teeth|molar|gums?|jaw|mouth|filling|crown)(?: \w+){0,4} (?:hurts?|hurting|aches?|aching|pain\w*|sore|killing|broke\w*|fell|"
    r"came|loose|swollen|cracked|chipped|bleeding|throbbing|sensitive)|(?:broke|broken|chipped|cracked|lost|knocked out|loose)(?: \w+){0,3} "
    r"(?:tooth|teeth|filling|crown|veneer|molar)|abscess\w*|swollen|swelling|in (?:a lot of |so much |terrible |severe |some )?pain|"
    r"(?:dental |an |it's an )emergency|urgent\w*|hurts|painful"
)
_PRICE_FIRST = (Intent.KNOWLEDGE, Intent.ADVICE, Intent.HOURS)
_QUESTION_FORM = re.compile(
    r"^(?:so |and |but |well |okay |ok |oh |um |uh |also |hi |hello |quick question )*(?:what|what's|where|when|who|why|how|which|do you|does|is there|"
    r"are there|can i|could i|may i|will (?:you|i|it)|would (?:you|it)|is (?:it|the|your)|are (?:you|your|the|my)|should)\b|"
    r"(?:i have|i had|i've got|got) a (?:quick )?question|(?:i was |i'm |just )wondering|can you tell me|do you know|i'd like to know|i want to know"
)


def intents_in(words: str) -> list[Intent]:
    """Recognise what a caller wants.

    Args:
        words: One normalised utterance.

    Returns:
        All intents found, the most pressing first.
    """
    found: list[Intent] = []
    for intent, pattern in _COMPILED:
        if intent in found:
            continue
        for match in pattern.finditer(words):
            if intent in (Intent.EMERGENCY, Intent.DESPAIR) and _DENIED.search(words[: match.start()].rstrip()):
                continue
            found.append(intent)
            break
    return found


def is_urgent(words: str) -> bool:
    """Tell whether the caller speaks of pain or damage that should be seen soon."""
    return _URGENT.search(words) is not None


def is_question(words: str, text: str = "") -> bool:
    """Tell whether an utterance asks something, by its form."""
    return text.rstrip().endswith("?") or _QUESTION_FORM.search(words) is not None
