"""The console's colours by day and by night: text and controls stand out as WCAG 2.2 AA wants it."""

import re

import pytest

from webhooks.console.pages import FOLDER

CSS = (FOLDER / "static" / "console.css").read_text()
TEXT, CONTROL = 4.5, 3.0
"""Least contrast of text (1.4.3), and of what shows where a control is (1.4.11)."""
GROUNDS = ("page", "raised", "sunk")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "soft", "accent", "bad", "warn", "good") for ground in GROUNDS),
    *((kind, f"{kind}-soft", TEXT) for kind in ("accent", "bad", "warn", "good", "person")),
    *(("ink", f"{kind}-soft", TEXT) for kind in ("accent", "bad", "good", "person")),
    *(("soft", f"{kind}-soft", TEXT) for kind in ("accent", "person")),
    ("on-accent", "accent", TEXT),
    *(("edge", ground, CONTROL) for ground in GROUNDS),
    *(("accent", ground, CONTROL) for ground in GROUNDS),
]


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def _schemes() -> dict[str, dict[str, str]]:
    day, night = re.findall(r":root \{(.*?)\n\s*\}", CSS, re.DOTALL)
    return {"light": _colours(day), "dark": {**_colours(day), **_colours(night)}}


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_stand_out(scheme: str) -> None:
    colours = _schemes()[scheme]
    weak = {
        f"{ink} on {ground}": round(found, 2)
        for ink, ground, least in PAIRS
        if (found := contrast(colours[ink], colours[ground])) < least
    }
    assert weak == {}


def test_no_colour_is_written_down_elsewhere() -> None:
    rest = re.sub(r":root \{.*?\n\s*\}", "", CSS, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?!\s*\{)|\brgb\(|\bhsl\(", rest) == []


def test_nothing_that_is_read_is_made_pale() -> None:
    """Opacity takes contrast away that the colours have."""
    pale = [one for one in re.findall(r"([^{}]+)\{[^{}]*opacity: 0?\.[^{}]*\}", CSS) if "50%" not in one]
    assert pale == []
