"""What a task of a DAG needs around its one call of a step: the clock of its run, a plain failure, its page of the runbook."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.settings import PROJECT, TIME_ZONE, Settings, load_settings

# What a task leaves for the summary of its run, whether it passed, was held or broke.
ENDED = "ended"
# When `land` of a night began: the moment up to which the later tasks of that night know what came.
BEGAN = "began"
_LOG_LINES = 30
_DAG_TEST = "dag_test"  # who starts a run of `dag.test`, as Airflow calls it


def moment_of(dag_run) -> datetime:
    """Return the moment a run stands for.

    A scheduled run stands for the moment it was due: the logical date of a report run is the first day of
    its half-year, long before the report. A run started by hand stands for the logical date it was given,
    so that a past night can be repeated, and without one for the moment it was asked for.
    """
    if dag_run.run_type == "scheduled" or dag_run.logical_date is None:
        return dag_run.run_after
    return dag_run.logical_date


def settings_of(dag_run, moment: datetime | None = None) -> Settings:
    """Return the settings of a run: the home from OCOP_HOME, both clocks from the run (or a moment of it), not the machine."""
    moment = moment or moment_of(dag_run)
    return load_settings(as_of=_local_day(moment), known_at=moment.astimezone(UTC))


def night_settings(context) -> Settings:
    """Return the settings of a task of the nightly load, which may begin long after it was due.

    `land` notes when it began; what came by then is received when it came and counts in that night. A night repeated
    for an earlier day takes what has come since all the same, but counts only what was known on that day.
    """
    run, instance = context["dag_run"], context["ti"]
    due = moment_of(run)
    if run.triggering_user_name == _DAG_TEST:
        return settings_of(run)  # a clock that is given (`make demo`): nothing passes between due and begun
    if instance.task_id == "land":
        began = max(due, instance.start_date)
        instance.xcom_push(BEGAN, began.isoformat())
        return replace(settings_of(run, began), due_at=due)
    began = instance.xcom_pull(task_ids="land", key=BEGAN)
    is_repeated = run.run_type != "scheduled" and _local_day(due) < _local_day(run.run_after)
    return settings_of(run) if is_repeated or not began else settings_of(run, datetime.fromisoformat(began))


def _local_day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(TIME_ZONE)).date()


def night_needed(dag_run, period: str) -> datetime:
    """Return the moment since which a night must have been published for the report of a period.

    On its own morning that is the night just gone: files of the last day of grace are in it. By hand any
    night since the cut-off will do.
    """
    from ingest.reference import periods

    if dag_run.run_type == "scheduled":
        return dag_run.run_after - timedelta(days=1)
    opened = periods()[period].cut_off_on + timedelta(days=1)
    return datetime.combine(opened, time.min, ZoneInfo(TIME_ZONE))


def run_step(context, verb: str, *arguments: str, **settings_changes) -> str:
    """Run one step with the clock of the run; return its summary. A gate that holds fails the task with that sentence."""
    settings = replace(settings_of(context["dag_run"]), **settings_changes)
    return _run(context, verb, settings, *arguments)


def run_night_step(context, verb: str, *arguments: str) -> str:
    """Run one step of the nightly load, with the clock of that night."""
    return _run(context, verb, night_settings(context), *arguments)


def _run(context, verb: str, settings: Settings, *arguments: str) -> str:
    from airflow.sdk.exceptions import AirflowFailException

    from pipeline import steps
    from pipeline.outcome import BROKEN, StepError

    _tell_if_interrupted(context)
    try:
        outcome = getattr(steps, verb)(settings, *arguments)
    except Exception as error:
        context["ti"].xcom_push(ENDED, {"exit_code": BROKEN, "summary": str(error)})
        raise
    context["ti"].xcom_push(ENDED, {"exit_code": outcome.exit_code, "summary": outcome.summary})
    if outcome.exit_code == BROKEN:
        raise StepError(outcome.summary)  # a mail server that is down, say: another try may help
    if outcome.exit_code != 0:
        # Not a plain error: the same data would be held back again, so a retry cannot help.
        raise AirflowFailException(outcome.summary)
    print(outcome.summary)
    return outcome.summary


def alert(context) -> None:
    """Tell IT by mail and webhook that a task failed: `on_failure_callback` of every task.

    Waits in the spool where the mail server is down, and goes out with the next mail.
    """
    reason = str(context.get("exception") or "No reason was given.")
    _tell(context, "failed", reason, context["ti"].task_id, context["ti"].try_number)


def _tell_if_interrupted(context) -> None:
    """Airflow starts a task whose scheduler was killed once more, and nobody would hear of it.

    Such a try is beyond those the task has; one that has retries left is tried again as after any fault.
    """
    instance = context["ti"]
    if instance.try_number > instance.max_tries + 1:
        reason = "Its process ended before it could say why: a killed scheduler, a power cut. It is started once more now."
        _tell(context, "was interrupted", reason, "interrupted", instance.try_number - 1)


def _tell(context, what: str, reason: str, heading: str, try_number: int) -> None:
    from pipeline.post_office import Alert, send_alert
    from pipeline.settings import load_post_settings

    instance, run = context["ti"], context["dag_run"]
    told = Alert(
        task=f"{instance.dag_id}.{instance.task_id}",
        run=f"{run.run_id}, try {try_number}",
        what=what,
        reason=reason,
        heading=heading,
        log_tail=_log_tail(instance, try_number),
    )
    try:
        sent = send_alert(settings_of(run), load_post_settings(), told)
        print(f"alert: {sent.sent} sent, {sent.waiting} waiting; {sent.problem}")
    except ValueError as error:  # the post office is set up wrongly; what the task has to say matters more
        print(f"alert: {error}")


def _log_tail(instance, try_number: int) -> str:
    """The last lines of the log of a task's try, as Airflow's default template names the file."""
    from airflow.configuration import conf

    folder = f"dag_id={instance.dag_id}/run_id={instance.run_id}/task_id={instance.task_id}"
    path = Path(conf.get("logging", "base_log_folder"), folder, f"attempt={try_number}.log")
    if not path.is_file():
        return f"There is no log at {path}."
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])


def runbook(heading: str) -> str:
    """Return a section of the runbook, for the page of the DAG or task it is about."""
    text = (PROJECT / "docs" / "runbook.md").read_text(encoding="utf-8")
    return re.search(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)[1].strip()


def gate_rule_ids() -> list[str]:
    """Return the rules a person may waive."""
    from expectations.rulebook import load_rules

    return sorted(rule.id for rule in load_rules())
