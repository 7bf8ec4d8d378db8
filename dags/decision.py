"""What the reporting desk decides about a submission or a rule, under the name the person has signed in with."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Param, dag, task

from pipeline.dag_run import alert, gate_rule_ids, runbook, settings_of
from pipeline.settings import load_settings

OPTIONAL = ["null", "string"]


@dag(
    dag_id="decision",
    description="hold, unhold or waiver, by the person who starts the run",
    doc_md=runbook("decision"),
    schedule=None,
    max_active_runs=1,
    default_args={"owner": "reporting-desk", "on_failure_callback": alert},
    params={
        "decision": Param("hold", enum=["hold", "unhold", "waiver"], title="Quyết định"),
        "why": Param("", type="string", minLength=5, title="Lý do"),
        "submission_id": Param(
            None, type=OPTIONAL, title="Mã hồ sơ", description="hold, unhold: 2024H2-587-…, see ocop status"
        ),
        "rule_id": Param(None, enum=[None, *gate_rule_ids()], title="Quy tắc", description="waiver"),
        "unit_code": Param(None, type=OPTIONAL, title="Mã đơn vị", description="waiver; trống: mọi đơn vị"),
        "period_code": Param(
            None, type=OPTIONAL, pattern=r"^20\d\d(H1|H2|Y)$", title="Kỳ", description="waiver; trống: mọi kỳ"
        ),
        "until": Param(
            None,
            type=OPTIONAL,
            format="date",
            title="Đến hết ngày",
            description="waiver: ngày cuối có hiệu lực",
        ),
    },
    tags=["ocop", "decision"],
)
def decision():
    @task(execution_timeout=timedelta(minutes=5), doc_md=runbook("decide"))
    def decide(params=None, dag_run=None) -> str:
        from pipeline import steps

        wanted = ("rule_id", "unit_code", "period_code", "until")
        names = wanted if params["decision"] == "waiver" else ("submission_id",)
        what = {name: params[name] for name in names}
        needed = {"waiver": ("rule_id", "until")}.get(params["decision"], ("submission_id",))
        if missing := [name for name in needed if not what[name]]:
            raise ValueError(f"{params['decision']} needs {', '.join(missing)}; nothing was decided.")
        # Decided now, whatever logical date the run was given: nobody decides in the past.
        moment = dag_run.start_date
        settings = load_settings(as_of=settings_of(dag_run).as_of, known_at=moment)
        record = steps.decide(
            settings, params["decision"], dag_run.triggering_user_name, params["why"], **what
        )
        return f"{record['decision']} written down for {record['by']}; it counts from the next build."

    decide()


decision()
