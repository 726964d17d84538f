"""Telephone numbers as the platforms match them: E.164, to the digit."""

import phonenumbers


def region_of(language: str) -> str | None:
    """Find the country that a bot's language tag names.

    Args:
        language: BCP 47, such as ``en-US`` or ``zh-Hant-TW``.

    Returns:
        Two letters, or None when the tag names no country.
    """
    for part in language.replace("_", "-").split("-")[1:]:
        if len(part) == 2 and part.upper() in phonenumbers.SUPPORTED_REGIONS:  # noqa: PLR2004 - ISO 3166
            return part.upper()
    return None


def find_e164(text: str, region: str | None) -> str | None:
    """Write a telephone number as E.164.

    Only its length is checked: ranges open faster than any table of them, and the contract's own example,
    ``+15551234567``, lies in none.

    Args:
        text: As written, with or without blanks and brackets.
        region: The country of a number that does not begin with ``+``; None when there is none to assume.

    Returns:
        ``+`` and at most fifteen digits, or None when it is no number or has an extension.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
