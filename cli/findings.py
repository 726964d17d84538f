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
