"""What people decide (alias, unalias, apart, waiver, hold, unhold, approval): who, when and why, in a log that only grows."""

from __future__ import annotations

from ingest import journal
from ingest.land import ledger_path
from ingest.vietnamese import clean, match_key
from pipeline.home import published_database, require_home
from pipeline.outcome import StepError
from pipeline.settings import Settings


def decide(settings: Settings, decision: str, by: str, why: str, **what: str | None) -> dict:
    """Append one decision of a person to the log; the next build reads it. StepError when it is about nothing known."""
    if not clean(by):
        raise StepError("A decision is taken by a named person; give --by NAME.")
    require_home(settings)
    if faults := journal.verify(settings.decisions):
        raise StepError(" ".join(faults) + " Nothing was written down.")
    if decision in ("hold", "unhold"):
        lines = journal.read(ledger_path(settings.archive))
        if not any(line["submission_id"] == what["submission_id"] for line in lines):
            raise StepError(f"Submission {what['submission_id']} is not in the ledger; see: ocop status.")
    if decision in ("alias", "apart", "unalias"):
        _require_meaning(settings, decision, what)
    record = {
        "decision": decision,
        # printed in the annex of an amended report, where a control character would stop it for ever
        "by": clean(by),
        "why": clean(why),
        "decided_at": settings.known_at.isoformat(),
        **what,
    }
    return journal.append(settings.decisions, record)


def _require_meaning(settings: Settings, decision: str, what: dict) -> None:
    """A decision about names nobody has used, or one that goes in a circle, would wait in the log for ever."""
    producers, products = _known_names(settings)
    names = [what["name"]] + [what[key] for key in ("same_as", "other") if what.get(key)]
    wanted = [what["producer"]] if what["entity"] == "product" else names
    unknown = [name for name in wanted if match_key(name) not in producers]
    if unknown:
        raise StepError(f"No producer is called {unknown[0]}; copy the name from mart_product.")
    if what["entity"] == "product":
        producer_key = producers[match_key(what["producer"])]
        for name in names:
            if (match_key(name), producer_key) not in products:
                raise StepError(
                    f"{what['producer']} has no product called {name}; copy the name from mart_product."
                )
    if len(names) > 1 and match_key(names[0]) == match_key(names[1]):
        raise StepError(f"{names[0]} and {names[1]} are one spelling already; there is nothing to decide.")
    aliases = _standing_aliases(settings, what, producers)
    if decision == "unalias" and match_key(what["name"]) not in aliases:
        raise StepError(f"{what['name']} is not read as another name; there is nothing to take back.")
    if decision == "alias":
        kept = what["same_as"]
        passed = set()
        while match_key(kept) in aliases and match_key(kept) not in passed:
            passed.add(match_key(kept))
            kept = aliases[match_key(kept)]
        if match_key(kept) == match_key(what["name"]):
            raise StepError(
                f"{what['same_as']} is itself read as {what['name']}; take that back first: ocop decide unalias."
            )


def _known_names(settings: Settings) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Producer keys by spelling, and (spelling, producer key) of the products, as last published."""
    import duckdb

    with duckdb.connect(str(published_database(settings)), read_only=True) as connection:
        producers = dict(
            connection.execute("select producer_name_key, producer_key from int_producer_name").fetchall()
        )
        products = set(
            connection.execute("select product_name_key, producer_key from int_product_name").fetchall()
        )
    return producers, products


def _standing_aliases(settings: Settings, what: dict, producers: dict[str, str]) -> dict[str, str]:
    """Spelling key -> name it is read as, by the last word known at the settings' moment; of one producer for products."""

    def scope(line: dict) -> str | None:
        return producers.get(match_key(line["producer"])) if line["entity"] == "product" else None

    aliases = {}
    for line in journal.read(settings.decisions):
        if line["decision"] not in ("alias", "unalias") or line["decided_at"] > settings.known_at.isoformat():
            continue
        if line["entity"] == what["entity"] and scope(line) == scope(what):
            aliases[match_key(line["name"])] = line.get("same_as")
    return {key: same_as for key, same_as in aliases.items() if same_as}


def waivers(settings: Settings) -> list[dict]:
    """The waivers known at the settings' moment, as the gate takes them."""
    wanted = ("rule_id", "unit_code", "period_code", "by", "until")
    return [
        {**{name: line.get(name) for name in wanted}, "reason": line["why"]}
        for line in journal.read(settings.decisions)
        if line["decision"] == "waiver" and line["decided_at"] <= settings.known_at.isoformat()
    ]
