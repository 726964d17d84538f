"""How assistants put their questions: a phrase a line, over their words in any case."""

from language.normalize import phrases

PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "cancel_or_move",
        phrases(
            r"""
            (?:move|reschedule|change)(?: it| that| your \w+)?,? or (?:to )?cancel
            cancel(?: it| that| your \w+)?,? or (?:to )?(?:move|reschedule|change)
            """
        ),
    ),
    (
        "which_appointment",
        phrases(
            r"""
            which (?:one|of (?:them|these|those)|appointment)(?: \w+){0,6} (?:cancel|move|reschedule|\
                change)
            """
        ),
    ),
    (
        "cancel_it",
        phrases(
            r"""
            (?:shall|should|can|may|do you want me to|would you like me to|want me to)(?: i)?\
                (?: go ahead and)? cancel
            (?:do you|you) want to cancel
            """
        ),
    ),
    (
        "anything_else",
        phrases(
            r"""
            (?:any|some)thing (?:else|more)
            what else
            else (?:i|we) can
            (?:all|everything) (?:i can|for today)
            help you with anything
            """
        ),
    ),
    (
        "what_to_change",
        phrases(
            r"""
            (?:what|which) (?:\w+ ){0,4}(?:change|fix|correct|wrong|different)
            (?:the time, the name|time, name)
            """
        ),
    ),
    (
        "read_back",
        phrases(
            r"""
            (?:is|was|are|does) (?:that|this|it|everything|all (?:of )?(?:that|this)|these details)(?: all|\
                ·everything| look| sound)? ?(?:right|correct|accurate|look (?:right|good)|sound (?:right|\
                good))
            (?:have|did) i (?:get|got|have) (?:that|everything|it|all)(?: all| of that)? ?(?:right|\
                correct)?\?
            (?:shall|should|can|may) i (?:go ahead and )?(?:book|confirm|schedule) (?:it|that|this)\b
            go ahead and book
            (?:right|correct)\?$
            to confirm\b
            ready to book
            """
        ),
    ),
    (
        "caller_phone",
        phrases(
            r"""
            (?:number|phone) (?:that )?(?:you're|you are|you) (?:calling|called|phoning) (?:from|on|with)
            (?:use|reach you (?:on|at)|is) (?:this|the same|that) (?:phone |same )?number
            number (?:that )?(?:ends|ending)
            (?:number|one) ending in
            calling from
            """
        ),
    ),
    (
        "phone_rest",
        phrases(
            r"""
            (?:the|what's the|and the) rest\b
            remaining digits
            rest of (?:the|your) number
            (?:next|last|other) (?:\w+ )?digits
            go on with the number
            and then
            """
        ),
    ),
    (
        "message_text",
        phrases(
            r"""
            what (?:should|shall|would you like me to|can|do you want me to) (?:i )?(?:tell|say|pass|put)
            what(?:'s| is) (?:the|your) message
            (?:go ahead with|tell me) (?:the|your) message
            what would you like (?:them|the (?:team|staff|office)|me to (?:tell|pass))
            what is it about
            """
        ),
    ),
    (
        "person_or_message",
        phrases(
            r"""
            (?:message|call(?:ed)?(?: you)? back)\b.{0,60}\bor\b.{0,60}\b(?:someone|somebody|person|speak|\
                talk|\
                put you|connect|transfer|team|front desk)
            (?:someone|somebody|person|speak|talk|put you through|connect|transfer|front desk|\
                team)\b.{0,60}\bor\b.{0,60}\bmessage
            """
        ),
    ),
    (
        "message_offer",
        phrases(
            r"""
            (?:take|leave|pass on|send|write) (?:down )?(?:a|your|the) message
            (?:someone|somebody|them|the \w+) (?:to )?(?:call|ring) you(?: back)?
            """
        ),
    ),
    (
        "person_offer",
        phrases(
            r"""
            (?:put|connect|transfer) you
            (?:speak|talk) (?:to|with) (?:someone|somebody|a person|a human|our|the|one of)
            """
        ),
    ),
    (
        "spelling",
        phrases(
            r"""
            \bspell
            """
        ),
    ),
    (
        "last_name",
        phrases(
            r"""
            ^(?!.*\bfirst\b).*(?:(?:last|family|second) name|surname)
            """
        ),
    ),
    (
        "name",
        phrases(
            r"""
            (?:your|full|first|patient'?s?|the|what|whose) (?:and last |full |first )?name\b
            who(?:'s| is) (?:calling|this|it for|the appointment)
            who am i (?:speaking|talking)
            name (?:for|is|please|should)
            \bname\?
            """
        ),
    ),
    (
        "practitioner",
        phrases(
            r"""
            whom? would you like to see
            who would you (?:like|prefer)
            which (?:doctor|dentist|hygienist|practitioner|provider)
            (?:doctor|dentist) (?:do|would) you prefer
            """
        ),
    ),
    (
        "phone",
        phrases(
            r"""
            (?:phone|telephone|mobile|cell|contact|callback|call back|best|your|the|a|what) (?:phone |\
                contact |callback )?number
            number (?:to|where|can|is|for|please)
            (?:reach|call) you\b
            digits
            """
        ),
    ),
    (
        "when",
        phrases(
            r"""
            (?:what|which) (?:day|date|days|other day|day and time)
            what time(?!s)\b
            day (?:and|or) time
            \bwhen (?:would|do|can|could|shall|should|were|are|is|works)
            morning(?:s)? or (?:an |in the )?afternoon
            """
        ),
    ),
    (
        "slot",
        phrases(
            r"""
            which (?:one|of|shall|time|would|works|do you|slot)
            (?:would|does|do|will|could|can) (?:any|either|one|that|this|it|those|these|\
                they)(?: \w+){0,6} (?:work|suit|good|fit|do|ok(?:ay)?|convenient|for you)
            (?:would you like|do you want|shall i (?:take|book|put)|want) (?:that|it|this|one|the|to take|\
                either|any)(?: \w+)*\?
            how does that sound
            (?:any|one) of (?:those|these|them)
            (?:works?|best|better|suits?) (?:for )?you\?$
            would you prefer
            do you prefer
            """
        ),
    ),
    (
        "when",
        phrases(
            r"""
            (?:what|which) (?:day|date|time|days|times|week|other)
            \bwhen\b
            day (?:and|or) time
            how about (?:a|another) (?:different )?(?:day|time)
            preferred (?:day|time)
            (?:another|a different|other) (?:day|time|week)
            morning(?:s)? or (?:an |in the )?afternoon
            this \w+ or next
            or (?:the )?(?:one|week) after
            a\.?m\.? or p\.?m
            shall i look at
            day (?:works|suits)
            did you mean
            do you mean
            """
        ),
    ),
    (
        "service",
        phrases(
            r"""
            what (?:kind|type|sort) of
            which (?:service|appointment|kind|type|visit|treatment)
            reason for
            what brings you
            come in for
            coming in for
            (?:what|what's) (?:is it|it is|is this|would that be|it) for
            what (?:would you like|do you need) (?:to have )?done
            what (?:should|shall|can) (?:i|we) book
            \b(?:a|an) [\w -]+, (?:a|an) [\w -]+,? or (?:a|an)·
            like to (?:come|be seen) for
            need (?:to be )?seen for
            """
        ),
    ),
    (
        "book_offer",
        phrases(
            r"""
            (?:would you like|shall i|should i|can i|do you want|want|\
                may i)(?: me)?(?: to)?(?: \w+){0,4} (?:book|schedule|make|find|look|set up|get|appointment|\
                visit)
            """
        ),
    ),
    (
        "same",
        phrases(
            r"""
            (?:are you|you) still (?:there|with me)
            still (?:there|on the line)
            can you hear me
            take your time
            i'm (?:still )?here
            i'll wait
            say (?:that|it) again
            repeat (?:that|it)
            whenever you're ready
            ^hello\?
            one moment
            just a moment
            """
        ),
    ),
    (
        "help",
        phrases(
            r"""
            how (?:can|may|could|should) i (?:help|assist)
            what can i (?:do|help)
            (?:help|do for) you(?: today)?\?
            how can we help
            need help with
            """
        ),
    ),
)
"""Question and its phrases, in the order in which they are looked for."""
