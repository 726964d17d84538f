"""The words in which a booking is claimed, an appointment time offered, or opening hours told.

All patterns are over normalised words.
"""

import re

from language.normalize import any_of, phrases

_DONE = (
    r"(?:booked|scheduled|reserved|confirmed|secured|arranged|finali[sz]ed|locked in|pencill?ed in|set up|"
    r"signed up|slotted in|squeezed in|saved|registered|in place)"
)
_ADVERB = (
    r"(?:now |all |just |already |officially |successfully |also |gone ahead and |went ahead and |"
    r"definitely |fully |indeed |happily |formally |safely |then |again )*"
)
_THING = (
    r"(?:appointment|booking|visit|reservation|slot|spot|time|place|cleaning|check ?up|exam|consultation|"
    r"filling|request|session|seat)"
)
CLAIM = re.compile(
    phrases(
        r"""
        \b(?:you|you're|your|we|we've|i|i've|it|it's|that|that's|this|this is|everything|everything's|all|\
            he|she|he's|she's|they|they're|\w+'s|<thing>s?)\b(?:'s|'re|'ve| is| are| has been| have been|\
            ·has| have| was| were| got| am| now| been| then| gets)* ?<adverb>(?:got |had |put |made |\
            placed |gotten |get |been )?(?:you |it |that |this |everything |him |her |them |your \w+ |\
            the \w+ |an? \w+ )?<adverb><done>\b
        \bi(?:'ve| have)? <adverb>(?:booked|scheduled|reserved|confirmed|made|secured|arranged|placed|\
            entered|added|put)\b.{0,30}\b(?:you|your|it|that|this|<thing>|for|in|down)\b
        \b(?:<thing>|booking) (?:is |has been |was )?<adverb>(?:made|confirmed|complete|completed|booked|\
            successful|set|done|scheduled|created|placed)\b
        \b(?:you|he|she|they|we)(?:'re| are|'ve got| have| now have|'s| is) <adverb>(?:down|in|\
            on the (?:books?|schedule|calendar|list)|good to go|set|all set|sorted|expected|due|\
            slotted)(?: (?:for|at|on|with|then)\b|$|[ ]?(?:on|for) )
        \b(?:you|you've) <adverb>(?:now )?(?:have|got) (?:an |your |the )?(?:\w+ )?appointment (?:on|at|\
            for|with)\b
        \b(?:i|we)(?:'ve| have)? ?(?:got|put|have|added|entered|written|pencill?ed|slotted|marked) (?:you|\
            it|that|him|her|them)(?: \w+)? (?:down|in|on (?:the|our)|into|for)\b
        \b(?:we|we'll|we will|i'll|they'll|dr \w+ will|the (?:team|doctor|dentist) will|\
            looking forward to)(?: then)? (?:be )?(?:see|seeing|expect|expecting|waiting for|\
            ready for) you\b
        \bsee you (?:on|at|then|tomorrow|next|this|monday|tuesday|wednesday|thursday|friday|saturday|\
            sunday|soon|there)\b
        \b(?:all|everything(?:'s| is)?) (?:set|sorted|taken care of|booked|done|confirmed|arranged)\b
        \b(?:it's|it is|that's|that is|all|and) (?:all )?(?:done|in the (?:calendar|books?|system|schedule|\
            diary)|on the (?:calendar|books?|schedule)|taken care of)\b
        ^(?:great |perfect |okay |ok |alright |wonderful |excellent |good |yes |and |well |\
            congratulations )*(?:booked|confirmed|done|scheduled|reserved|all done|consider it done|\
            booking confirmed|appointment confirmed)\b
        \bconsider (?:it|that|yourself) (?:done|booked|confirmed|scheduled)\b
        \b(?:is|are|it's|that's) yours(?! to)\b
        \bsuccessfully (?:booked|scheduled|reserved|made|confirmed)\b
        \bgot you (?:<done>|down|in|set)\b
        \b(?:confirmation|reference|booking) (?:number|code|id) (?:is|for)\b
        \bconfirming (?:your|that you're|that you are) (?:booked|<thing>)\b
        \byour <thing> (?:is|will be|has been|'s) (?:on|at|for|with|set|all|in|good|official|\
            locked)\b(?! (?:the|hold))
        """,
        adverb=_ADVERB,
        done=_DONE,
        thing=_THING,
    )
)
"""A booking is claimed, unless the words around it leave it open."""
OPEN = any_of(
    r"""
    not
    n't
    no
    nothing
    never
    cannot
    can't
    haven't
    hasn't
    isn't
    aren't
    won't
    wasn't
    yet
    if
    once
    when
    until
    till
    before
    unless
    whether
    after
    as soon as
    would
    could
    should
    shall
    may i
    can i
    let me
    want me to
    like me to
    like to
    going to
    ready to
    try to
    trying to
    about to
    able to
    need to
    needs to
    want to
    help you
    happy to
    have to
    has to
    must
    to (?:book|confirm|schedule|reserve|see|get|be)
    i'll (?:get|have|book|confirm|try|go)
    which
    what
    is that
    are you
    fully booked
    booked (?:up|solid|out)
    already booked
    by (?:someone|somebody|another)
    can be
    could be
    might be
    may be
    to be
    will be able
    same
    rather
    """
)
"""What is said is not claimed: it is denied, asked, wished, or still to come."""
OTHERS_BOOKING = any_of(
    r"""
    (?:booked|reserved|taken|scheduled) by (?:some|another|a different)\w*
    fully booked
    all booked up
    booked (?:up|solid|out)
    (?:that|this) (?:time|slot|one)(?:'s| is| has been| was)? (?:just |already |been )*(?:booked|reserved|\
        taken)
    """
)
"""A time is booked, but by others."""
OFFER = any_of(
    r"""
    i have
    i've got
    i've
    we have
    we've got
    we've
    there's
    there is
    there are
    i can (?:do|offer|get|see|fit|book|put)
    we can (?:do|offer|see|fit|get)
    i could
    we could
    available
    availability
    openings?
    open slot
    free
    how about
    what about
    would .{1,40} (?:work|suit)
    does .{1,40} (?:work|suit)
    i see
    next (?:one|slot|appointment)
    earliest
    soonest
    nearest
    you're
    you are
    your appointment
    booked
    see you
    i'll (?:book|put|reserve|take)
    shall i (?:book|take)
    is yours
    that's
    """
)
"""A time is offered, or said to be the caller's."""
ABOUT_HOURS = any_of(
    r"""
    (?:we|we're|we are|office|practice|clinic|doors?|phones?|team|desk|lab|pharmacy)\b.{0,40}\b(?:open|\
        closed?|closes|opens|reachable|answered|staffed)
    hours
    closed
    close at
    closes
    opens at
    open (?:from|until|till|daily|monday|tuesday|wednesday|thursday|friday|saturday|sunday|on|every|seven)
    lunch break
    business days?
    call (?:us|back|again|before|after)
    parking
    garage
    bus
    train
    eat
    drink
    fasting
    arrive
    early
    late fee
    """
)
"""Times of other things than appointments."""
OPEN_SLOT = re.compile(
    phrases(
        r"""
        \bopen (?:slot|time|appointment|spot|at)\b
        \bopenings?\b
        \bi have\b
        \bavailable\b
        """
    )
)
"""What is open is a slot, not the door."""
OFFERED = any_of(
    r"""
    how about
    what about
    (?:i|we) can (?:do|offer|fit|book|put)
    i've got
    i'll (?:book|put|reserve|take)
    shall i (?:book|take|reserve)
    (?:would|does) .{1,40} (?:work|suit)
    """
)
"""Words that offer a time whatever else is talked of in the same breath."""
