"""What ``chairside doctor`` looks at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        advice: How to put it right, or what it means as it is.
        says: What is told of it when it is good.
        warns: It is good, and will not be for long.
    """

    name: str
    good: bool
    needed: bool
    advice: str
    says: str = ""
    warns: bool = False


def needed(name: str, good: bool, advice: str = "", says: str = "", *, warns: bool = False) -> Finding:
    """Tell of something without which no real call is answered."""
    return Finding(name, good, needed=True, advice=advice, says=says, warns=warns)


def useful(name: str, good: bool, advice: str = "") -> Finding:
    """Tell of something that calls are answered without."""
    return Finding(name, good, needed=False, advice=advice)
