"""Written lines made fit to be spoken: rows, lists, money, shares, addresses of mail and pages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from language.normalize import normal
from language.speak import article, listing

_LEAST = 3
"""Fewer letters are the rest of some markup."""
_MARKUP = re.compile(r"[*`#>]+|(?<!\w)_+|_+(?!\w)|!?\[([^\[\]]{0,300})\]\([^()]{0,2000}\)|<[^<>]{1,500}>")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_PAGE = re.compile(
    r"\b(?:https?://)?(?:www\.)?([\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:com|org|net|example|health|dental))(/\S*)?"
)
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_RULE = re.compile(r"^[\s|:=-]+$")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)%][.!?])\s+(?=[A-Z\"'(])")
_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|No|approx)\.$")
_DOLLARS = re.compile(r"\$\s?(\d[\d,]*(?:\.\d{3}(?!\d))*)(?:\.(\d\d)(?!\d))?( (?:a|per) \w+)?")
_FROM_TO = re.compile(r"\$\s?(\d[\d,]*)\s?(?:[\u2013-]|to)\s?\$?(?=\d)")
_PERCENT = re.compile(r"(\d)\s?%")
_RANGE = re.compile(r"(\d)\s?[\u2013-]\s?\$?(\d)")
_PHONE = re.compile(r"(?<![\d$-])(?:\+?1[-. ])?(?:\(?\d{3}\)?[-. ]{1,2})?\d{3}[-. ]\d{4}(?![\d-])")
_DAYS = re.compile(r"\b(Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat|Sun)\b\.?")
_DAY_RANGE = re.compile(r"((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s?[\u2013-]\s?(?=[A-Z])")
_DAY_NAMES = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_SHORT_FORMS = (
    (re.compile(r"\be\.\s?g\.,?\s"), "for example "),
    (re.compile(r"\bi\.\s?e\.,?\s"), "that is "),
    (re.compile(r"\b(?:approx|ca)\.\s"), "about "),
    (re.compile(r"(?<=\d)\s?(?:mins?|minutes)\b\.?"), " minutes"),
    (re.compile(r"(?<=\d)\s?(?:hrs?)\b\.?"), " hours"),
    (re.compile(r"\bw/o\s"), "without "),
    (re.compile(r"\bw/\s?"), "with "),
    (re.compile(r"(?<!\s)\s*&\s*"), " and "),
)
_SPACES = re.compile(r"\s+")
_COLUMN = re.compile(r"([^:;]{1,40}): ([^;]*)(?:; |$)")
_PAIR = re.compile(r"([^:.?!]{2,80}): ((?:[^:.?!]|\b(?:Dr|Mr|Mrs|Ms|St)\.)+)\.")
"""An item with what it is about, written as a sentence."""
_ABOVE = re.compile(r"(?:\d{1,2}[.)] )?[^:.?!]{2,80}")
"""What an item of a nested list stands under."""
_LISTED = 2
"""So many of them are a list, and each is said by itself."""
_YES_OR_NO = {"yes": True, "y": True, "no": False, "n": False}
_STATES = re.compile(r"^(?:in|on|at|out) |(?:ed|able|open|free|full)$", re.IGNORECASE)
_OF_PRICES = re.compile(r"price|fee|cost|charge|rate|amount|copay|total", re.IGNORECASE)
_MANY = re.compile(r"^[^,]*[^s]s\b(?:,|$)")
_SHORT_ITEM = 8
"""Words up to which a line without a full stop is an item of a list."""
_MOST_ITEMS = 6


@dataclass(frozen=True)
class Sentence:
    """Something that can be said by itself.

    Attributes:
        written: As it stands there, for finding words in it.
        row: Whether it comes from a row or an item, which the next one does not go on.
        about: What a row is about; empty for everything else.
    """

    spoken: str
    written: str
    row: bool = False
    about: str = ""


Told = Callable[[Sequence[str]], Sequence[bool]]
"""Of the names of a row's columns with prices, which are told."""


def _all_told(names: Sequence[str]) -> Sequence[bool]:
    return [True for _ in names]


def sentences(text: str, heading: str, fits: Told = _all_told) -> list[Sentence]:  # noqa: C901 - a chain of decisions
    """Take a passage apart into sentences that can be said.

    Args:
        text: Running text, rows such as ``Visit: Cleaning; Fee: $140``, items of lists; Markdown, too.
        heading: The innermost heading that it stands under.

    Returns:
        Sentences in order, each ended; headings are no sentences.
    """
    found: list[Sentence] = []
    paragraph: list[str] = []
    items: list[str] = []
    names: list[str] = []

    def close() -> None:
        if paragraph:
            whole = " ".join(paragraph)
            found.extend(Sentence(_said(one), one) for one in _split(_bare(whole)) if len(one) >= _LEAST)
            paragraph.clear()
        if items:
            found.append(_list(items[:_MOST_ITEMS], heading))
            items.clear()

    lines = [one.strip() for one in text.splitlines()]
    listed = sum(_PAIR.fullmatch(_bare(_BULLET.sub("", one))) is not None for one in lines) >= _LISTED
    for line in lines:
        if not line or _RULE.match(line) or line.startswith("#") or normal(line) == normal(heading):
            names = names if _RULE.match(line) and line else []
            close()
        elif line.startswith("|"):
            cells = [_bare(cell) for cell in line.strip("|").split("|")]
            close()
            if not names:
                names = cells
            else:
                found.append(_row([*zip(names, cells, strict=False)], heading, fits))
        elif (columns := _columns(line, listed=listed)) is not None:
            close()
            found.append(_row(columns, heading, fits))
        elif _is_item(line, after=bool(paragraph) and paragraph[-1][-1] not in ".!?"):
            if paragraph:
                close()
            items.append(_bare(_BULLET.sub("", line)))
        else:
            if items:
                close()
            if _BULLET.match(line):
                close()
            paragraph.append(_BULLET.sub("", line))
    close()
    return [one for one in found if len(one.spoken) >= _LEAST]


def _columns(line: str, *, listed: bool) -> list[tuple[str, str]] | None:
    """Read a row of a table with named columns, or of a table of pairs."""
    line = _bare(_BULLET.sub("", line))
    if line.endswith((".", "?", "!")) and "; " not in line:
        pair = _PAIR.fullmatch(line)
        return [("", pair[1]), ("", pair[2])] if pair and listed else None
    pairs = _COLUMN.findall(line)
    if len(pairs) > 1 and sum(len(name) + len(cell) for name, cell in pairs) >= len(line) - 4 * len(pairs):
        return [(name.strip(), cell.strip()) for name, cell in pairs]
    *above, told = line.split(": ")
    if len(above) > 1 and told and "; " not in line and all(_ABOVE.fullmatch(one) for one in above):
        return [("", ", ".join(above)), ("", told)]
    pair = re.fullmatch(r"([^:.?!]{2,80}): ([^:?!]+)", line)
    return [("", pair[1].strip()), ("", pair[2].strip())] if pair else None


def _row(columns: Sequence[tuple[str, str]], heading: str, fits: Told) -> Sentence:
    """Say a row: what it is about is in the first cells, what is told about it in the others."""
    filled = [(name, cell) for name, cell in columns if cell]
    prices = [name for name, cell in filled if name and _DOLLARS.search(cell)]
    if len(prices) > 1:
        kept = {name for name, is_told in zip(prices, fits(prices), strict=True) if is_told}
        filled = [(name, cell) for name, cell in filled if name not in prices or name in kept]
    written = "; ".join(f"{name}: {cell}" if name else cell for name, cell in filled)
    subject: list[str] = []
    told: list[str] = []
    for name, cell in filled:
        if not subject or (not told and not _tells(name, cell)):
            subject.append(cell)
        else:
            told.append(_told(name, cell, ", ".join(subject), first=not told))
    if not told:
        about = subject[0] if len(subject) > 1 else heading.lower()
        rest = listing(subject[1:] if len(subject) > 1 else subject, "and")
        whole = _ended(_said(f"{about}: {rest}" if about else rest))
        return Sentence(whole, written, row=True, about=subject[0])
    return Sentence(" ".join(_ended(_said(one)) for one in told), written, row=True, about=subject[0])


def _tells(name: str, cell: str) -> bool:
    if not name or cell.isdigit() or cell.lower() in _YES_OR_NO:
        return True
    return bool(_DOLLARS.search(cell)) or len(cell.split()) >= 3  # noqa: PLR2004


def _told(name: str, cell: str, subject: str, *, first: bool) -> str:
    if cell.lower() in _YES_OR_NO:
        told = name.lower()
        if _STATES.search(told):
            return f"{subject} is {'' if _YES_OR_NO[cell.lower()] else 'not '}{told}"
        return f"{subject}: {told}, {cell.lower()}"
    if _DOLLARS.search(cell):
        about = article(subject) if first and not _MANY.search(subject) else subject
        about = f"{about}," if "," in about else about
        if name and not _OF_PRICES.search(name):
            return f"{about.rstrip(',')}, {name[:1].lower()}{name[1:]}, is {cell}"
        return f"the {name.lower()} for {about} is {cell}" if name else f"{about} is {cell}"
    if not first:
        return cell if cell[:1].isupper() or not name else f"{name}: {cell}"
    return f"{subject}: {name} {cell}" if cell.isdigit() else f"{subject}: {cell}"


def _is_item(line: str, *, after: bool) -> bool:
    """Tell an item of a list by its bullet, or by being short, unended, and no line of a paragraph."""
    short = len(line.split()) <= _SHORT_ITEM and line[-1] not in ".!?:;,"
    return short and (_BULLET.match(line) is not None or not after)


def _list(items: Sequence[str], heading: str) -> Sentence:
    if len(items) == 1:
        return Sentence(_ended(_said(items[0])), items[0], row=True)
    lowered = [one if one[1:2].isupper() else one[:1].lower() + one[1:] for one in items]
    lead = f"{heading}: " if heading else ""
    return Sentence(_ended(_said(f"{lead}{listing(lowered, 'and')}")), "; ".join(items), row=True)


def _split(paragraph: str) -> list[str]:
    found: list[str] = []
    for piece in _SENTENCE_END.split(paragraph):
        if found and _TITLE.search(found[-1]):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return [_ended(one) for one in found if len(one) >= _LEAST]


def _bare(text: str) -> str:
    mails = {mail: f"\x00{place}\x00" for place, mail in enumerate(_MAIL.findall(text))}
    for mail, mark in mails.items():
        text = text.replace(mail, mark)
    text = _MARKUP.sub(lambda match: match[1] or "", text)
    for mail, mark in mails.items():
        text = text.replace(mark, mail)
    return _SPACES.sub(" ", text).strip()


def _said(text: str) -> str:
    text = _MAIL.sub(lambda match: match[0].replace("@", " at ").replace(".", " dot "), text)
    text = _PAGE.sub(
        lambda match: match[0].split("//")[-1].rstrip("/").replace(".", " dot ").replace("/", " slash "), text
    )
    text = _DAY_RANGE.sub(r"\1 to ", _DAYS.sub(lambda match: _DAY_NAMES[match[1]], text))
    text = _PHONE.sub(_digit_by_digit, text)
    text = _FROM_TO.sub(r"\1 to $", text)
    text = _RANGE.sub(r"\1 to \2", text)
    text = _PERCENT.sub(r"\1 percent", _DOLLARS.sub(_money, text))
    for pattern, words in _SHORT_FORMS:
        text = pattern.sub(words, text)
    text = _SPACES.sub(" ", text).strip()
    return text[:1].upper() + text[1:]


def _digit_by_digit(match: re.Match[str]) -> str:
    return ", ".join(" ".join(group) for group in re.findall(r"\d+", match[0]))


def _money(match: re.Match[str]) -> str:
    cents = int(match[2] or 0)
    dollars = match[1].replace(",", "").replace(".", "")
    named = "dollar" if dollars == "1" and not cents else "dollars"
    return f"{dollars} {named}{f' and {cents} cents' if cents else ''}{match[3] or ''}"


def _ended(sentence: str) -> str:
    sentence = sentence.strip()
    return sentence if sentence[-1:] in ".!?" else f"{sentence.rstrip(':;,')}."
