"""The verbs in order: land, load, build, gate, publish, freeze, report, release. CLI commands and DAG tasks call these.

Steps share nothing but the disk, so each can be run again alone. Every one returns an Outcome or raises StepError.
"""

from pipeline.backup import backup, restore
from pipeline.decisions import decide
from pipeline.doctor import doctor
from pipeline.outcome import Outcome, StepError
from pipeline.steps.candidate import build, gate, publish
from pipeline.steps.intake import import_list, land, load
from pipeline.steps.letters import post, remind, tell
from pipeline.steps.night import nightly, published_night
from pipeline.steps.releases import freeze, release, report, report_again, verify
from pipeline.submission_status import submission_status as status
from pipeline.tidy import tidy

__all__ = [
    "Outcome",
    "StepError",
    "land",
    "import_list",
    "load",
    "build",
    "gate",
    "publish",
    "nightly",
    "published_night",
    "freeze",
    "report",
    "report_again",
    "release",
    "decide",
    "status",
    "post",
    "remind",
    "tell",
    "verify",
    "backup",
    "restore",
    "tidy",
    "doctor",
]
