"""The ways to say days, each with what it stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from language.datetimes.constraints import Days
from language.datetimes.day_phrases import (
    bare_ordinal,
    distance,
    fixed,
    iso_date,
    named_month,
    named_week,
    named_weekday,
    named_year,
    nth_week,
    nth_weekday,
    ordinal_of_month,
    some_weekdays,
    spoken_date,
    weekend,
    within,
    written_date,
)
from language.datetimes.normalize import MONTHS

Means = Callable[[re.Match[str], date, bool], Days]


@dataclass(frozen=True)
class Rule:
    """A way to say days: a pattern, and what it means given the match, today, and the date order."""

    pattern: re.Pattern[str]
    means: Means


_W = r"(?:(?:on |this |next |coming ){0,4}(?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)day) )?"
_WEEKDAY = r"(?P<w>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
_M = rf"(?P<m>{'|'.join(MONTHS)})"
_ANY_MONTH = rf"(?P<m>{'|'.join(MONTHS)}|(?:the |this |next |following ){{1,4}}month)"
_D = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_O = r"(?P<d>\d{1,2})(?:st|nd|rd|th)"
_Y = r"(?: (?:of |in )?(?P<y>20\d\d)\b)?"
_NOT_CLOCK = r"(?![:/]\d| ?(?:am|pm|oclock)\b)"
_PART = r"early|beginning|start|mid|middle|late|later|end|1st part|latter part|1st half|2nd half|back half"


def _rule(pattern: str, means: Means) -> Rule:
    return Rule(re.compile(rf"\b(?:{pattern})(?![\w/])"), means)


RULES: tuple[Rule, ...] = (
    _rule(r"(?P<y>20\d\d)/(?P<mm>\d{1,2})/(?P<d>\d{1,2})", iso_date),
    _rule(_W + r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>20\d\d|\d\d))?", written_date),
    _rule(
        rf"(?:the )?(?P<n>[1-5](?:st|nd|rd|th)|last)(?: or (?:the )?(?P<n2>[1-5](?:st|nd|rd|th)))? (?:full )?"
        rf"weeks? (?:of|in) {_ANY_MONTH}",
        nth_week,
    ),
    _rule(rf"(?:the )?(?P<n>[1-5](?:st|nd|rd|th)|last) {_WEEKDAY} (?:of|in) {_ANY_MONTH}", nth_weekday),
    _rule(_W + rf"(?:the )?{_D} (?:day )?(?:of )?{_M}{_Y}", spoken_date),
    _rule(_W + rf"{_M} (?:the )?{_D}{_NOT_CLOCK}{_Y}", spoken_date),
    _rule(_W + rf"(?:the )?{_O} of (?:the )?(?P<which>this|next)? ?month", ordinal_of_month),
    _rule(_W + rf"(?:the |on ){_O}(?! (?:available|thing|floor|week|half|of))", bare_ordinal),
    _rule(
        _W.replace(") )?", ") )") + rf"(?:the )?{_O}(?! (?:available|thing|floor|week|half|of))", bare_ordinal
    ),
    _rule(
        # Without "the" only at the beginning; "first" alone rather chooses among offers.
        rf"(?P<w>$^)?(?:^|(?<=^on )|(?<=^for )|(?<=^like )|(?<=^maybe )|(?<=^say ))(?![1-4]..$){_O}"
        r"(?= (?:at|around|about|after|before|between|from|in|morning|afternoon|evening|please|or|would|is|"
        r"sounds|works|\d)\b|$)",
        bare_ordinal,
    ),
    _rule(r"(?:the )?day after tomorrow", fixed(2)),
    _rule(r"tomorrow week|a week (?:from )?tomorrow", fixed(8)),
    _rule(r"today week|(?:a|1) week (?:from )?today|this day next week", fixed(7)),
    _rule(r"tomorrows?", fixed(1)),
    _rule(r"yesterday|last night", fixed(-1)),
    _rule(
        r"(?:in |within )?(?:about )?(?:a (?=couple|few))?(?P<n>a|an|\d{1,3}|couple|few)(?: of)?"
        r"(?: (?:or|to) (?P<n2>\d{1,2}))?(?: more)? "
        r"(?P<unit>days?|weeks?|fortnights?|months?)(?: time)? (?:from (?:now|today)|today|time)",
        distance,
    ),
    _rule(
        r"(?:(?:some ?time )?(?:within|during|over|in|for) (?:the )?(?:(?:next|coming|following) )|"
        r"within (?:the |about )?|(?:the )?(?:next|coming) (?=couple|few|\d))"
        r"(?:a )?(?:(?P<n>\d{1,2}|couple|few|a)(?: of)? )(?P<unit>days?|weeks?|fortnights?|months?)"
        r"(?: or so)?|"
        r"(?:in|within|over|during) the (?:next|coming) (?P<unit1>week|month)(?: or so)?",
        within,
    ),
    _rule(
        r"(?:on |in |at )?(?:a |any |the )?(?:week ?days|weekends|(?<=a )weekday|(?<=any )weekday|"
        r"weekday(?= (?:morn|after|even))|"
        r"(?<=a )weekend|(?<=any )weekend)|(?:during|in) the week(?! (?:of|after|before|D))|working days",
        some_weekdays,
    ),
    _rule(
        rf"(?P<before>(?:(?:a|\d{{1,2}}|couple of|few) (?:weeks?|fortnight) (?:from |on |after )?|"
        r"(?:this|next|last|coming|available|following|a|any|every|each|only|all|most|some) |"
        rf"(?:1st|next|earliest) available |on (?=(?:a|any|every|each|only) )){{0,6}})"
        rf"(?:(?P<many>\d|couple|few) (?:of )?(?=\w+ from now))?{_WEEKDAY}"
        r"(?P<after> week(?! ?end)| after next|(?<=days) from now)?",
        named_weekday,
    ),
)
"""Tried in order; the first that fits takes its words."""

VAGUE_RULES: tuple[Rule, ...] = (
    _rule(
        r"(?:in |^(?:maybe |about |like |within )*)(?:about )?(?:a (?=couple|few))?"
        r"(?P<n>a|an|\d{1,3}|couple|few)(?: of)?(?: (?:or|to) (?P<n2>\d{1,2}))? "
        r"(?P<unit>days?|weeks?|fortnights?|months?)(?! (?:after|before|from|later|earlier|prior)\b)",
        distance,
    ),
    _rule(r"(?:the |at |on |over ){0,4}(?:(?P<which>(?:this |the ){0,3}next|this|coming) )?weekend", weekend),
    _rule(
        rf"(?:in )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?(?:the )?)?(?:this |the )?"
        r"(?P<which>next |coming )?year",
        named_year,
    ),
    _rule(
        rf"(?<!back a )(?<!up a )(?<!forward a )(?<!out a )(?:in |at )?(?:the )?"
        rf"(?:(?P<part>{_PART}) (?:in |of )?(?:the )?)?"
        r"(?:(?P<which>(?:this |the )?(?:coming|next|following)|this|last) )?"
        r"week(?:(?P<after> after next(?! (?:week|month)))|"
        r"(?! (?:of|after|before|following|commencing|beginning|starting|from) (?:on |the )?"
        r"(?:D|my|that)|days?| later| earlier| sooner| (?:after|before)(?: that| then| it)?"
        r"(?:$| (?:or|and|on|in|at|for|would|is|works?|please|instead|if|like|maybe|though|perhaps|same|"
        r"D\d+)\b)))",
        named_week,
    ),
    _rule(
        rf"(?:in |at )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?)?"
        r"(?P<m>(?:the |this |next |following ){1,4}month)(?P<y>$^)?",
        named_month,
    ),
    _rule(
        rf"(?:in |at )?(?:the )?(?:(?P<part>{_PART}) (?:in |of )?)?(?:next |this )?"
        rf"(?P<m>{'|'.join(one for one in MONTHS if one != 'may')}){_Y}",
        named_month,
    ),
    _rule(
        rf"(?:in |of |this |next |(?:the )?(?P<part>{_PART}) (?:in |of )?)(?P<m>may){_Y}",
        named_month,
    ),
    # Of these words some also name a part of the day.
    Rule(
        re.compile(
            r"\b(?:later |sometime )?(?:today|tonight)\b|"
            r"\bthis (?=(?:\w+ )?(?:morning|afternoon|evening|lunch))"
        ),
        fixed(0),
    ),
)
"""The same, for words that lean on days beside them: distances without a start, weeks, months."""
