"""What a task of a DAG needs around its one call of a step: the clock of its run, and a plain failure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.settings import TIME_ZONE, Settings, load_settings

_LOG_LINES = 30

if TYPE_CHECKING:
    from pipeline.steps import Outcome


def moment_of(dag_run) -> datetime:
    """Return the moment a run stands for.

    A scheduled run stands for the moment it was due: the logical date of a report run is the first day of
    its half-year, long before the report. A run started by hand stands for the logical date it was given,
    so that a past night can be repeated, and without one for the moment it was asked for.
    """
    if dag_run.run_type == "scheduled" or dag_run.logical_date is None:
        return dag_run.run_after
    return dag_run.logical_date


def settings_of(dag_run) -> Settings:
    """Return the settings of a run: the home from OCOP_HOME, both clocks from the run, not the machine."""
    moment = moment_of(dag_run)
    return load_settings(as_of=moment.astimezone(ZoneInfo(TIME_ZONE)).date(), known_at=moment.astimezone(UTC))


def passed(outcome: Outcome) -> str:
    """Return the summary of a step that passed; where a gate held it, fail the task with that sentence."""
    if outcome.exit_code != 0:
        from airflow.sdk.exceptions import AirflowFailException

        # Not a plain error: the same data would be held back again, so a retry cannot help.
        raise AirflowFailException(outcome.summary)
    print(outcome.summary)
    return outcome.summary


def alert(context) -> None:
    """Tell IT by mail and webhook that a task failed: `on_failure_callback` of every task.

    Waits in the spool where the mail server is down, and goes out with the next mail.
    """
    from pipeline.post_office import send_alert
    from pipeline.settings import load_post_settings

    instance, run = context["ti"], context["dag_run"]
    sent = send_alert(
        settings_of(run),
        load_post_settings(),
        task=f"{instance.dag_id}.{instance.task_id}",
        run=run.run_id,
        reason=str(context.get("exception") or "No reason was given."),
        log_tail=_log_tail(instance),
    )
    print(f"alert: {sent.sent} sent, {sent.waiting} waiting; {sent.problem}")


def _log_tail(instance) -> str:
    """The last lines of the log of a task's try, as Airflow's default template names the file."""
    from airflow.configuration import conf

    folder = f"dag_id={instance.dag_id}/run_id={instance.run_id}/task_id={instance.task_id}"
    path = Path(conf.get("logging", "base_log_folder"), folder, f"attempt={instance.try_number}.log")
    if not path.is_file():
        return f"There is no log at {path}."
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])
