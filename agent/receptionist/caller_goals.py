"""What callers want of a receptionist, as they put it: a phrase a line, over normalised words."""

from language.normalize import phrases

KIN = (
    r"(?:wife|husband|partner|spouse|boyfriend|girlfriend|son|daughter|kid|child|mother|father|mom|mum|dad|"
    r"sister|brother|friend|neighbou?r|boss|employee|co ?worker|roommate|ex|ex wife|ex husband|client)"
)
VISIT = (
    r"(?:appointments?|appt|booking|visit|check ?up|cleaning|time ?slot|slot|opening|consultation|consult|"
    r"exam|reservation|something|anything)"
)
CLINICIAN = (
    r"(?:a |the |my |your )?"
    r"(?:dr|doctor|dentist|hygienist|nurse|specialist|orthodontist|physician)"
)
PRESSING: tuple[tuple[str, str], ...] = (
    (
        "despair",
        phrases(
            r"""
            suicid\w*
            kill(?:ing)? myself
            end(?:ing)? my (?:own )?life
            want to die
            wanna die
            hurt(?:ing)? myself
            harm(?:ing)? myself
            take my own life
            don't want to (?:live|be alive)
            """
        ),
    ),
    (
        "emergency",
        phrases(
            r"""
            chest (?:pain|hurts|is tight|tightness|pressure)\w*
            (?:pain|pressure|tightness) in (?:my|his|her|the) chest
            (?:can't|cannot|can not|can hardly|can barely|couldn't|trouble|difficulty|hard to|\
                struggling to|problems?)(?: \w+)? breath\w*
            not breathing
            short(?:ness)? of breath
            stopped breathing
            heart attack
            (?:a|having a|had a) stroke
            chok(?:ing|ed)
            (?:bleed\w*|blood)(?: \w+){0,4} (?:won't|doesn't|isn't|not|can't|will not|\
                does not)(?: \w+)? ?stop\w*
            (?:won't|can't|doesn't|will not|cannot) (?:\w+ )?stop(?: the)? bleed\w*
            uncontroll\w+ bleed\w*
            bleeding (?:badly|heavily|a lot|profusely|really bad|so much|out)
            unconscious
            unresponsive
            passed out
            seizures?
            convuls\w+
            overdos\w+
            poison\w+
            anaphyla\w+
            severe allergic
            throat (?:is )?(?:closing|swelling)
            swell\w*(?: \w+){0,6} (?:breathe?|breathing|swallow\w*)
            can't swallow
            (?:medical|life threatening) emergency
            call(?:ing)? (?:911|9 1 1|nine one one|an ambulance)
            need an ambulance
            facial droop
            face is drooping
            slurr\w+ speech
            coughing up blood
            vomiting blood
            knocked out cold
            """
        ),
    ),
    (
        "identity",
        phrases(
            r"""
            (?:are|r) you (?:a |an |even |really |actually )*(?:real|human|robot|machine|bot|computer|ai|\
                a i|person|automated|recording|alive|artificial\w*)\b.*
            is this (?:a |an |even |really |actually )*(?:real|human|robot|bot|machine|recording|ai|a i|\
                automated|person|computer|answering machine|voicemail)\b.*
            am i (?:talking|speaking) (?:to|with)\b.*
            who am i (?:talking|speaking) (?:to|with)
            who(?:'s| is) this
            who are you
            what are you(?! (?:going|gonna|doing|charging|open|looking|closing))
            what(?:'s| is) your name
            (?:talking|speaking) to a (?:robot|machine|computer|bot)
            (?:is this|have i reached|did i reach|do i have) (?:the )?(?:right (?:place|number)|\
                [\w' ]*(?:dental|dentist|dentistry|clinic|practice|medical|office|doctor))
            """
        ),
    ),
    (
        "recap",
        phrases(
            r"""
            (?:did|have) (?:you|we|i) (?:just |already |really |actually )*(?:book|booked)(?: \w+){0,2}$
            (?:am|are) (?:i|we) (?:now |really |actually |all )*(?:booked|scheduled)(?: in)?(?: now)?$
            is (?:it|that|my appointment) (?:now |really |actually |all )*(?:booked|confirmed)(?: now)?$
            (?:what|when)(?: \w+){0,3} (?:time|day|date)?\s?(?:was|did)(?: \w+){0,5} (?:book|appointment|\
                again)(?:ed)?
            when(?:'s| is| was) (?:my|the|that) (?:new )?appointment(?: again)?
            when(?:'s| is| was) (?:it|that)(?: again)?$
            (?:when|what time) (?:do|should|must) (?:i|we) (?:(?:have|need) to )?(?:be there|be in|come in|\
                come|show up|arrive)(?: again)?$
            what did (?:you|we|i) book
            what time (?:was|is) (?:that|it)(?: again)?
            (?:repeat|confirm|remind me of|tell me) (?:the|my|that) (?:appointment|booking|details|date|\
                time)(?: again)?
            """
        ),
    ),
    (
        "repeat",
        phrases(
            r"""
            (?:can|could|would|will)? ?(?:you )?(?:please )?(?:say|repeat) (?:that|it|them|those|\
                the (?:times|options|question|last (?:bit|part)))(?: again| once more| one more time)?
            what was that(?: again)?
            come again
            pardon(?: me)?
            beg your pardon
            say (?:that |it )?again
            what did you (?:just )?say
            (?:i )?(?:didn't|did not|couldn't|could not|can't|cannot) (?:\w+ )?(?:hear|catch|get|\
                understand)(?: that| you| it| what you said)?
            (?:what|when) (?:is|was|were) the (?:first|second|third|last|other|\
                middle)(?: (?:one|option|time))?(?: again)?
            what were (?:the|those|my)(?: \w+)? (?:times|options|choices)(?: again)?
            (?:what were|which were) they(?: again)?
            sorry what
            what sorry
            one more time
            repeat
            slow(?:er| down)
            speak (?:up|slower|louder)
            louder
            (?:you're|you are) breaking up
            ^(?:i'm )?(?:what|sorry|huh|eh|excuse me|come again|hello|hello hello|are you (?:still )?there|\
                can you hear me)$
            """
        ),
    ),
    (
        "late",
        phrases(
            r"""
            (?:running|be|gonna be|going to be|i'm|am|bit|little|minutes) late\b(?! (?:in|on|next|this|\
                afternoon|morning|tomorrow))
            stuck in traffic
            won't make it
            can't make (?:it|my)
            """
        ),
    ),
    (
        "change",
        phrases(
            r"""
            (?:cancel\w*|reschedul\w*|postpone|rebook|push back|bring forward|\
                switch)(?: \w+){0,6} (?:appointment|appt|booking|visit|cleaning|check ?up|it|one|slot|exam)
            (?:move|change)(?: \w+){0,3} (?:appointment|appt|booking|visit|cleaning|check ?up|exam)
            (?:need|like|want|have|calling|wanna|call) to (?:cancel|reschedule|postpone)
            ^(?:please )?(?:cancel\w*|reschedul\w*)(?: please)?$
            """
        ),
    ),
    (
        "lookup",
        phrases(
            r"""
            (?:do|did) i (?:already )?have (?:an|any|another|my)(?: \w+){0,2} (?:appointment|booking)\w*
            (?:check|confirm|verify|look up|find)(?: \w+){0,2} my (?:\w+ )?(?:appointment|booking|visit)\w*
            what(?:'s| is) my (?:next )?appointment
            my (?:test|lab|blood|x ?ray) results?
            my (?:records?|chart|file|bill|balance|invoice|prescription)\b
            """
        ),
    ),
    (
        "privacy",
        phrases(
            r"""
            is (?:my )?(?:[\w']+ ){1,3}(?:a |one of your |your )(?:patients?|client)
            (?:do you have|have you got|have you seen) (?:a patient|my <kin>)\b.*
            (?<!i )(?<!we )(?:does|did|has|is|was) (?:my <kin>|he|she|mr \w+|mrs \w+|ms \w+|\
                (?!(?:dr|doctor|the|there|it|\
                this|that|your|a|an|any|our|anyone|someone|parking|hoping|going|\
                trying|wondering|thinking|looking|just|not)\b)\w+ \
                (?!(?:dental|insurance|plans?|ppo|hmo)\b)\w+) (?:\w+ )?(?:have|had|\
                come|came|been|make|made|there|in|coming|seen|show|miss|book|booked)\b.{0,40}
            (?:does|did|has|is) (?:my <kin>(?: \w+){0,2}|(?!(?:the|your|it|this|that|a|dr|doctor|\
                insurance)\b)\
                \w+ \w+) (?:go|goes|going|come|coming) (?:to|here|there|in)\b.{0,40}
            when (?:is|does|did|was) (?:my <kin>(?: \w+){0,2}|he|she|mrs? \w+|ms \w+) (?:coming|come|due|\
                scheduled|booked|supposed|have|in)\b.*
            (?:when|what time|if|whether) (?!(?:my|the|your|our)\b)(?:\w+ ){0,2}\w+'s (?:appointment|\
                visit|booking)
            when is (?:my <kin>(?:'s)?|his|her|their|\w+'s)(?: \w+)? appointment
            who (?:else )?(?:has|have|had|is having|got) (?:an )?appointments?
            who (?:else )?(?:is|are|was|were) (?:coming|booked|scheduled|seen)
            (?:do you have|is there) (?:a|any) (?:patient|record|file)s? (?:named|called|for|of|on|with)
            (?:his|her|my <kin>'s) (?:records?|chart|file|results?|treatment|diagnosis)
            """,
            kin=KIN,
        ),
    ),
    (
        "complaint",
        phrases(
            r"""
            (?:this|that|it|you) (?:is|are|was)(?: just| so| absolutely| totally)? (?:ridiculous|\
                unacceptable|outrageous|a joke|terrible|awful|disgraceful|useless|stupid|rubbish|garbage)
            (?:this|that|it|you)'(?:s|re)(?: just| so| absolutely| totally)? (?:ridiculous|unacceptable|\
                outrageous|a joke|terrible|awful|disgraceful|useless|stupid|rubbish|garbage)
            (?:ridiculous|unacceptable|outrageous|disgraceful)
            (?:stupid|useless|dumb|damn|bloody|fucking) (?:machine|robot|bot|computer|thing)
            (?:make|file|have|lodge) a (?:formal )?complaint
            complain(?:ing)?\b
            (?:nobody|no one) (?:ever )?(?:calls?|called|answers?|answered|picks?|picked|gets?|got|rang)\b.*
            (?:i'm|i am) (?:so |very |really |extremely )*(?:angry|furious|fed up|sick of|\
                frustrated|upset with)\b.*
            worst (?:\w+ )?(?:practice|dentist|clinic|service|office|place)
            """
        ),
    ),
    (
        "person",
        phrases(
            r"""
            (?:speak|talk|speaking|talking|chat) (?:to|with) (?:a |an |the |some ?one|somebody|your |\
                another |any ?one|any ?body|real|people|staff|dr|doctor|my|mr|ms|mrs|him|her|them|who)\b.*
            real (?:person|human|people)
            (?:a|an|the|your|get me) (?:human|person|operator|representative|receptionist|agent|manager|\
                supervisor|secretary|live person|staff member)
            operator
            representative
            human(?: please| being)?
            front desk
            (?:transfer|connect|forward) (?:me|my call|the call)
            put me (?:through|on)
            live (?:person|agent)
            (?:some ?one|somebody) (?:real|else|there)
            reception please
            a person
            """
        ),
    ),
    (
        "message",
        phrases(
            r"""
            ^(?:a |just a |the )?message(?: please| then)?$
            (?:leave|take|pass|give|send|record)(?: \w+){0,4} message
            (?:have|get|ask|tell) (?:some ?one|somebody|them|her|him|the \w+|dr \w+|doctor \w+|\
                one of)(?: \w+){0,3} (?:call|ring|phone)(?: me)?(?: back)?
            call me back
            call ?back
            give me a (?:call|ring)
            let (?:them|the (?:doctor|dentist|team|office|staff)|dr \w+|him|her|everyone|you guys) know
            (?:some ?one|somebody) (?:to |can |could )?(?:call|ring) me
            (?:can|could) (?:some ?one|somebody|the \w+|dr \w+) (?:call|ring|phone) me
            voice ?mail
            (?:tell|inform) (?:the (?:doctor|dentist|team|office|staff)|dr \w+) (?:that|i)\b
            """
        ),
    ),
)
"""Emergencies, and matters for a person; each with its phrases, the most pressing first."""

TALK: tuple[tuple[str, str], ...] = (
    (
        "abandon",
        phrases(
            r"""
            never ?mind
            forget (?:it|about it|that)
            (?:i )?(?:changed|change) my mind(?: about (?:it|that|booking))?$
            don't (?:book|want) (?:it|anything|an appointment)
            cancel (?:that|this|it)
            (?:stop|quit|forget) (?:the )?(?:booking|this)
            i'll call back
            i'll think about it
            call (?:you )?back later
            not (?:now|today) thanks
            """
        ),
    ),
    (
        "book",
        phrases(
            r"""
            (?:book|booking|schedule|scheduling|make|making|set up|setting up|get|getting|need|want|like|\
                have|find|arrange|looking for|looking at|after|request|reserve|\
                possible to)(?: \w+){0,6} <visit>\b
            (?:an|new|another|first|next|available|free|emergency) (?:appointment|appt|visit|opening|slot)s?
            \b(?:book|schedule)\b
            come in\b
            be seen
            (?:get|fit|squeeze|slot) (?:me )?in\b
            see <clinician>
            see (?:some ?one|somebody)
            openings?\b
            availab\w+
            ^(?:an )?appointments?(?: please)?$
            free (?:time|slot)s?
            appointment\b
            """,
            visit=VISIT,
            clinician=CLINICIAN,
        ),
    ),
    (
        "bye",
        phrases(
            r"""
            (?:good ?)?bye\b.*
            good night
            have a (?:good|nice|great|lovely|wonderful)\b.*
            that(?:'s| is| was|'ll be| will be) (?:all|it|everything)\b.*
            (?:nothing|no thing) (?:else|more)
            i'?m (?:all )?(?:good|set|done|fine)\b.*
            (?:talk|speak) (?:to you )?(?:later|soon)
            hang(?:ing)? up
            see you\b.*
            that's everything
            take care
            cheers bye
            gotta go
            (?:i )?(?:have|got|need) to go
            """
        ),
    ),
    (
        "thanks",
        phrases(
            r"""
            thank(?:s| you)\b.*
            appreciate (?:it|that|your)
            cheers
            much obliged
            """
        ),
    ),
    (
        "hold",
        phrases(
            r"""
            hold on
            hang on
            (?:one|just a|a|give me a|wait a|just one)(?: quick)? (?:moment|second|sec|minute|min)
            (?<!while we )(?<!while i )(?<!while you )(?<!to )wait(?: please)?$
            ^wait
            bear with me
            let me (?:check|see|look|think|get|find|grab|ask)\b.*
            give me (?:one|a)\b.*
            i(?:'m| am) (?:thinking|checking|looking)
            (?:where's|checking) my calendar
            """
        ),
    ),
)
"""Booking, and how talk is begun, held up and ended."""

URGENT = phrases(
    r"""
    tooth ?aches?
    (?:tooth|teeth|molar|gums?|jaw|mouth|filling|crown)(?: \w+){0,4} (?:hurts?|hurting|aches?|aching|\
        pain\w*|sore|killing|broke\w*|fell|came|loose|swollen|cracked|chipped|bleeding|throbbing|sensitive)
    (?:broke|broken|chipped|cracked|lost|knocked out|loose)(?: \w+){0,3} (?:tooth|teeth|filling|crown|\
        veneer|molar)
    abscess\w*
    swollen
    swelling
    in (?:a lot of |so much |terrible |severe |some )?pain
    (?:dental |an |it's an )emergency
    urgent\w*
    hurts
    painful
    """
)
"""Pain or damage that should be seen soon."""
