"""The ministry report: freeze a published night, check it, print it, have a named person sign it off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, dag, task
from report_period_timetable import ReportPeriodTimetable, period_code_at

from pipeline.dag_run import alert, moment_of, passed, settings_of
from pipeline.settings import TIME_ZONE


def period_of(params, dag_run) -> str:
    """Return the period asked for, else the half-year of the run."""
    return params["period"] or period_code_at(dag_run.data_interval_end or moment_of(dag_run))


PERIOD = "{{ period_of(params, dag_run) }}"


@dag(
    dag_id="ministry_report",
    description="freeze → gate → report → approve → release",
    doc_md="""
### Report to the ministry
| task | does | when it fails |
|---|---|---|
| freeze | copies the published warehouse to `releases/<period>/` | no night published: run `nightly_load` |
| gate | suite *ministry* on the frozen copy | **held back**: `gate.html` beside it says why, who mends it |
| report | docx, xlsx, pdf from the frozen copy only | nothing is signed |
| approve | a named person reads and answers under *Required actions* | *Reject*, or no answer: no release |
| release | seals the set under the name of the person who approved | the set stays unsealed |

Runs by itself some days after each cut-off (14/6 and 14/12). By hand: `period` is `2024H1`, `2024H2`, or
`2024Y` for the year; left empty it is the last half-year that has closed.
""",
    schedule=ReportPeriodTimetable(),
    start_date=datetime(2023, 12, 15, tzinfo=ZoneInfo(TIME_ZONE)),
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
    @task
    def freeze(period: str, dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.freeze(settings_of(dag_run), period))

    @task
    def gate(period: str, dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.gate(settings_of(dag_run), "ministry", period))

    @task
    def report(period: str, dag_run=None) -> str:
        from pipeline import steps

        return passed(steps.report(settings_of(dag_run), period))

    approve = ApprovalOperator(
        task_id="approve",
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

    @task
    def release(period: str, approval: dict, dag_run=None) -> str:
        from pipeline import steps

        # Signed when the person answered, which may be days after the clock of the run.
        settings = replace(settings_of(dag_run), known_at=approval["responded_at"])
        return passed(steps.release(settings, period, by=approval["responded_by_user"]["name"]))

    freeze(PERIOD) >> gate(PERIOD) >> report(PERIOD) >> approve >> release(PERIOD, approve.output)


ministry_report()
