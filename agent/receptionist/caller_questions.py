"""What callers ask about a practice, as they put it: a phrase a line, over normalised words."""

from language.normalize import phrases

QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "knowledge",
        phrases(
            r"""
            (?:what (?:should|can|do) i|how (?:do|should) i|can i|should i).{0,30}\bafter (?:a|an|my|\
                the) \w+
            after ?care
            before (?:my|the|a) (?:visit|appointment|cleaning|procedure|surgery|exam)
            """
        ),
    ),
    (
        "opinion",
        phrases(
            r"""
            (?:is|are|was) (?:(?:dr|doctor) \w+(?: \w+)?|he|she|they|you(?: guys)?|(?:your|the|that|this) \
                (?:\w+ )?(?:dr|doctors?|dentists?|hygienists?|practice|team|staff)) (?:\w+ )?(?:good|nice|\
                gentle|friendly|kind|great|decent|competent|experienced|qualified|reliable|the best|better|\
                rough)(?! (?:day|time|with that))\b.*
            how (?:good|nice|gentle|experienced) (?:is|are)\b.*
            (?:who|which|what)(?: \w+)?(?:'s| is| are) (?:the |your )?(?:best|better|nicest|\
                gentlest)(?: (?:one|dentist|doctor|dr|hygienist)s?)?$
            who(?:'s| is) (?:the |your )?(?:best|better|nicest|gentlest)(?: (?:dentist|doctor|hygienist))\b.*
            (?:who|which (?:one|dentist|doctor|hygienist)|(?:dr|doctor) \w+) (?:do|would|can) you recommend
            (?:do|would|can) you recommend (?:dr|doctor|him|her|them)\b.*
            """
        ),
    ),
    (
        "advice",
        phrases(
            r"""
            should i (?:take|stop|use|put|be worried|worry|go to|see|get(?! (?:there|to you))|eat|\
                drink|call|ice|rinse|pull|\
                remove)\b.*
            is (?:it|this|that) (?:normal|safe|serious|infected|dangerous|broken|cancer\w*|contagious|\
                bad (?:that|if))\b.*
            what (?:should|can|do) i (?:do|take|use|put)(?: about| for| if| when| to| on)?\b.*
            (?:can|could|may) i (?:take|use|put|stop taking)\b(?!.*\b(?:cards?|express|visa|mastercard|\
                insurance|discounts?|plan|savings|checks?|cash|bathroom|restroom|wi ?fi|garage|lot|phone|\
                bus|train|lift|elevator|photos?|pictures?)\b).*
            (?:do|will) i need (?:antibiotics|a root canal|surgery|stitches|an x ?ray|medicine|to pull)
            diagnos\w*
            dosage
            how (?:many|much) (?:ibuprofen|tylenol|advil|aspirin|paracetamol|medicine|antibiotics?|\
                pain ?killers?)\b.*
            what(?:'s| is) wrong with
            what (?:medicine|medication|pain ?killer|antibiotic)\w*
            (?:prescribe|give me|refill)(?: \w+){0,3} (?:antibiotics?|medicine|medication|prescription|\
                pain ?killers?)
            """
        ),
    ),
    (
        "hours",
        phrases(
            r"""
            (?:what|your|office|opening|business|open|the) hours
            hours of operation
            (?:when|what time|what days?|which days?)(?: \w+){0,3} (?:you|y'all|the \w+|it|guys)(?: guys|\
                ·all)? (?:open|close|opened|closed|start|finish)\b.*
            (?:when|what time) (?:do|does|are|is)\b.{0,40}\b(?:open|close|closed|closing)\b
            (?:are|r) (?:you|y'all)(?: guys| all)?(?: \w+)? (?:open|closed)\b.*
            (?:are|r) (?:you|y'all)(?: guys| all)?(?: \w+)? in(?: (?:on|today|tomorrow|this|now|right now|\
                at all|over the|the office)\b.*|$)
            is the (?:office|practice|clinic) (?:open|closed)\b.*
            how (?:late|early)(?: (?:do|does|are|is|will|would|can))? (?:you|y'all|\
                the (?:office|practice|clinic))\b.*
            how (?:late|early)(?: in)?(?: today| tomorrow| tonight)?$
            (?:open|closed) (?:on|today|tomorrow|this|over|for|during) .*
            (?:open|close) (?:at )?(?:what time|when)\b.*
            closing time
            opening time
            do you (?:open|close|work(?! with))\b.*
            what days (?:of the week )?are
            """
        ),
    ),
    (
        "address",
        phrases(
            r"""
            where (?:are|r) you(?: guys)?(?: \w+)?
            where (?:is|do i go|do i come)\b.*
            (?:your|the|what's the|street) address
            where you(?:'re| are)(?: \w+)?
            located
            location
            directions
            how (?:do|can|would) i (?:get|find) (?:to (?:you|your|the)|there|you|\
                the (?:office|practice|clinic|place|building))\b.*
            what (?:street|floor|suite)
            """
        ),
    ),
    (
        "phone",
        phrases(
            r"""
            what(?:'s| is) (?:your|the) (?:phone |telephone |office |call ?back |fax )?number\
                (?! (?:for|of|to) (?!the (?:office|practice|clinic)|your))
            (?:your|the (?:office|practice|clinic)(?:'s)?) (?:phone |telephone )?number
            what number (?:do|can|should) i call
            number (?:for|of) the (?:office|practice|clinic)
            """
        ),
    ),
    (
        "knowledge",
        phrases(
            r"""
            how much\b.*
            (?:cost|costs|price|prices|pricing|fee|fees|charge|charges)\b
            insurance
            insured
            medicaid
            medicare
            delta dental
            aetna
            cigna
            blue ?cross
            metlife
            humana
            guardian
            united ?health\w*
            dental plan
            co ?pay
            deductible
            out of pocket
            in network
            payment
            pay (?:with|by|for|in)
            credit card
            financing
            park(?:ing)?\b
            wheelchair
            accessib\w+
            elevator
            (?:accept|take|taking|accepting|see|seeing) (?:on )?(?:any )?new patients?
            new patient (?:forms?|paperwork)
            what (?:should|do|must|shall) (?:i|we|you|they|he|she) (?:need to |have to )?bring
            (?:bring|paperwork|forms?)\b.*\?
            (?:need|have|supposed) to bring\b.*
            bus stop
            subway
            wi ?fi
            sedation
            nitrous
            laughing gas
            cancell?ation (?:policy|fee)
            (?:see|treat|take) (?:kids|children|toddlers|babies|emergenc\w+)
            do you (?:take|accept|treat|offer discounts)\b.*
            discount
            membership
            referrals?\b
            policy
            policies
            walk ?ins?\b
            x ?rays? (?:cost|included|safe)
            """
        ),
    ),
    (
        "duration",
        phrases(
            r"""
            how long (?:does|is|do|will|would|are)\b.*
            how long(?:'s| is) (?:a|an|the)\b.*
            how many minutes
            how much time
            """
        ),
    ),
    (
        "practitioners",
        phrases(
            r"""
            who (?:are|is) (?:the|your|available|working|there)\b.*(?:dr|doctors?|dentists?|hygienists?|\
                providers?|practitioners?|available)?
            (?:which|what|how many) (?:doctors?|dentists?|hygienists?|providers?|practitioners?)\b\
                (?! (?:is|are) (?:the )?(?:cheap|expensive|better|best)).*
            names? of (?:the|your) (?:doctors?|dentists?)
            who (?:will|would) (?:i (?:see|be seeing)|see me|be (?:seeing|treating))\b.*
            who (?:do you have|works there)
            is (?:there a |there )?(?:dr|doctor) [\w' ]+ (?:there|still|work|working|with you)\b.*
            does (?:dr|doctor) [\w' ]+ (?:still )?work\b.*
            """
        ),
    ),
    (
        "services",
        phrases(
            r"""
            (?:what|which) (?:services|treatments|procedures|appointments|kinds? of [\w ]+|\
                types? of [\w ]+|sort of [\w ]+)(?: \w+){0,2} (?:do|can|are|have)?\b.*
            what (?:all )?do you (?:offer|do|provide|have there)
            (?:your|list of) services
            do you (?:do|offer|provide|perform)\b.*
            """
        ),
    ),
    (
        "language",
        phrases(
            r"""
            (?:speak|speaks|habla\w*|talk|in) (?:spanish|espa[nñ]ol|french|chinese|mandarin|cantonese|\
                korean|russian|portuguese|arabic|vietnamese|polish|german|italian|hindi|tagalog)
            habla espa[nñ]ol
            interpreter
            translator
            """
        ),
    ),
)
"""Subject and its phrases, in the order in which they are looked for."""
