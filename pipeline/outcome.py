"""How a command ends: what a step did, or the sentence that says why it could not."""

from __future__ import annotations

from dataclasses import dataclass, field

HELD = 1
BROKEN = 2


class StepError(Exception):
    """A step broke; the message says what, where and what to do."""


class UsageError(LookupError):
    """What was asked for does not exist or is not well-formed; the message says what can be asked for."""


@dataclass(frozen=True)
class Outcome:
    """What a step did: ``exit_code`` 0 done, 1 held by a gate; ``summary`` is one line."""

    verb: str
    exit_code: int
    summary: str
    details: dict = field(default_factory=dict)
