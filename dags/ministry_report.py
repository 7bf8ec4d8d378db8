"""The ministry report: freeze a published night, check it, print it, have a named person sign it off."""

from __future__ import annotations

from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Asset, Param, dag, task
from report_period_timetable import ReportPeriodTimetable, period_code_at

from pipeline.dag_run import alert, moment_of, night_needed, run_step, runbook, settings_of


def period_of(params, dag_run) -> str:
    """Return the period asked for, else the half-year of the run."""
    return params["period"] or period_code_at(dag_run.data_interval_end or moment_of(dag_run))


PERIOD = "{{ period_of(params, dag_run) }}"


@dag(
    dag_id="ministry_report",
    description="night → freeze → gate → report → approve → release",
    doc_md=runbook("ministry_report"),
    schedule=ReportPeriodTimetable(),
    # No start date: a new server waits for its first due moment instead of making up for one it was not there for.
    catchup=False,
    # Freezing a period again while its approval waits would put another copy under the signature.
    max_active_runs=1,
    default_args={"owner": "reporting-desk", "on_failure_callback": alert},
    params={
        "period": Param(
            None,
            type=["null", "string"],
            pattern=r"^20\d\d(H1|H2|Y)$",
            title="Kỳ báo cáo",
            description="2024H1, 2024H2, 2024Y; để trống: sáu tháng gần nhất đã chốt số liệu",
        )
    },
    user_defined_macros={"period_of": period_of},
    tags=["ocop", "ministry"],
)
def ministry_report():
    # On its own morning the report waits for a night that was held back; who asks for it by hand is told at once.
    @task(
        retries=24,
        retry_delay=timedelta(hours=1),
        inlets=[Asset.ref(name="ocop_published")],
        execution_timeout=timedelta(minutes=5),
        doc_md=runbook("night"),
    )
    def night(period: str, dag_run=None) -> str:
        from airflow.sdk.exceptions import AirflowFailException

        from pipeline import steps

        try:
            return steps.published_night(settings_of(dag_run), night_needed(dag_run, period)).summary
        except steps.StepError as error:
            if dag_run.run_type == "scheduled":
                raise
            raise AirflowFailException(str(error)) from error

    @task(execution_timeout=timedelta(minutes=20), doc_md=runbook("freeze"))
    def freeze(period: str, **context) -> str:
        return run_step(context, "freeze", period)

    @task(execution_timeout=timedelta(minutes=20), doc_md=runbook("gate"))
    def gate(period: str, **context) -> str:
        return run_step(context, "gate", "ministry", period)

    @task(execution_timeout=timedelta(minutes=20), doc_md=runbook("report"))
    def report(period: str, **context) -> str:
        return run_step(context, "report", period)

    approve = ApprovalOperator(
        task_id="approve",
        doc_md=runbook("approve"),
        subject=f"Duyệt báo cáo OCOP kỳ {PERIOD}",
        body=(
            f"Thư mục: `releases/{PERIOD}` trong kho số liệu.\n\n"
            "- freeze: {{ ti.xcom_pull(task_ids='freeze') }}\n"
            "- gate: {{ ti.xcom_pull(task_ids='gate') }}\n"
            "- report: {{ ti.xcom_pull(task_ids='report') }}\n\n"
            "Đọc báo cáo và phụ lục chất lượng số liệu trước khi trả lời. **Approve**: bộ báo cáo được"
            " niêm phong dưới tên người trả lời. **Reject**: không phát hành gì."
        ),
        # No default: an answer never comes by itself. A report nobody answers fails, well before the
        # next half-year needs the DAG.
        response_timeout=timedelta(days=30),
    )

    @task(execution_timeout=timedelta(minutes=10), doc_md=runbook("release"))
    def release(period: str, approval: dict, **context) -> str:
        # Signed when the person answered, which may be days after the clock of the run.
        who, when = approval["responded_by_user"]["name"], approval["responded_at"]
        return run_step(context, "release", period, who, known_at=when)

    (
        night(PERIOD)
        >> freeze(PERIOD)
        >> gate(PERIOD)
        >> report(PERIOD)
        >> approve
        >> release(PERIOD, approve.output)
    )


ministry_report()
