"""What people decide (alias, waiver, hold, unhold, approval): who, when and why, in a log that only grows."""

from __future__ import annotations

from ingest import journal
from ingest.land import ledger_path
from ingest.vietnamese import match_key
from pipeline.outcome import StepError
from pipeline.settings import Settings
from pipeline.warehouse import DATABASE


def decide(settings: Settings, decision: str, by: str, why: str, **what: str | None) -> dict:
    """Append one decision of a person to the log; the next build reads it. StepError when it is about nothing known."""
    if not by.strip():
        raise StepError("A decision is taken by a named person; give --by NAME.")
    if decision in ("hold", "unhold"):
        lines = journal.read(ledger_path(settings.archive))
        if not any(line["submission_id"] == what["submission_id"] for line in lines):
            raise StepError(f"Submission {what['submission_id']} is not in the ledger; see: ocop status.")
    if decision == "alias":
        _require_known_names(settings, what)
    record = {
        "decision": decision,
        "by": by.strip(),
        "why": why,
        "decided_at": settings.known_at.isoformat(),
        **what,
    }
    return journal.append(settings.decisions, record)


def _require_known_names(settings: Settings, what: dict) -> None:
    """An alias of a name nobody has used would wait in the log for ever."""
    import duckdb

    database = settings.published / DATABASE
    if not database.exists():
        raise StepError("Nothing is published yet, so no spelling is known; run: ocop nightly")
    with duckdb.connect(str(database), read_only=True) as connection:
        producers = dict(
            connection.execute("select producer_name_key, producer_key from int_producer_name").fetchall()
        )
        products = set(
            connection.execute("select product_name_key, producer_key from int_product_name").fetchall()
        )
    wanted = [what["producer"]] if what["entity"] == "product" else [what["name"], what["same_as"]]
    unknown = [name for name in wanted if match_key(name) not in producers]
    if unknown:
        raise StepError(f"No producer is called {unknown[0]}; copy the name from mart_product.")
    if what["entity"] == "product":
        producer_key = producers[match_key(what["producer"])]
        for name in (what["name"], what["same_as"]):
            if (match_key(name), producer_key) not in products:
                raise StepError(
                    f"{what['producer']} has no product called {name}; copy the name from mart_product."
                )


def waivers(settings: Settings) -> list[dict]:
    """The waivers known at the settings' moment, as the gate takes them."""
    wanted = ("rule_id", "unit_code", "period_code", "by", "until")
    return [
        {**{name: line.get(name) for name in wanted}, "reason": line["why"]}
        for line in journal.read(settings.decisions)
        if line["decision"] == "waiver" and line["decided_at"] <= settings.known_at.isoformat()
    ]
