"""What earlier filings said: products of two units, vanished products, a status that goes back."""

from datetime import date

import districts
import pytest

from ingest.known import Known
from ingest.validate import judge_file


def judged(tmp_path, unit="587", period="2024H2", change=None):
    filing = districts.rows(unit, period)
    if change:
        change(filing)
    path = districts.make(tmp_path / f"{unit}-{period}.xlsx", unit, period, filing=filing)
    judgement = judge_file(path, districts.PROVINCE)
    assert judgement.verdict == "accepted"
    return judgement


def add(known: Known, judgement) -> None:
    identity = judgement.identity
    known.add(identity.unit.code, identity.period.code, judgement.tables["product"])


def found(known: Known, judgement) -> list[tuple]:
    return [(i.rule_id, i.severity, i.row_number, i.column_letter) for i in known.findings(judgement)]


def test_nothing_is_known_of_a_first_filing_and_of_its_revision(tmp_path):
    known, first = Known(), judged(tmp_path)
    assert known.findings(first) == []
    add(known, first)
    assert known.findings(first) == []


def test_a_product_of_another_unit_is_asked_about_by_its_name(tmp_path):
    known, other = Known(), judged(tmp_path, "585")
    add(known, other)

    def take(filing):
        theirs = other.tables["product"][1]
        filing["product"][2] |= {
            "product_name": theirs["product_name"].upper(),
            "producer_name": theirs["producer_name"],
        }

    mine = judged(tmp_path, change=take)
    assert found(known, mine) == [("KNOWN-01", "warning", 7, "A")]
    assert "Huyện Ninh Sơn" in known.findings(mine)[0].message
    # The other unit's correction takes it back.
    other.tables["product"] = other.tables["product"][:1]
    add(known, other)
    assert found(known, mine) == []


def test_a_code_of_another_unit_is_asked_about(tmp_path):
    code = "58-587-22882-1-2024"
    known = Known()
    add(known, judged(tmp_path, "585", change=lambda f: f["product"][0].update(product_code=code)))
    mine = judged(tmp_path, change=lambda f: f["product"][1].update(product_code=code))
    assert [(i.rule_id, i.row_number, i.value_text) for i in known.findings(mine)] == [("KNOWN-02", 6, code)]
    assert "Nho sấy 1 585" in known.findings(mine)[0].message


def test_vanished_products_are_listed_against_the_last_period(tmp_path):
    known = Known()
    add(known, judged(tmp_path, period="2023H2"))
    add(known, judged(tmp_path, period="2024H1"))
    mine = judged(tmp_path, change=lambda f: f["product"].pop(1))
    (issue,) = known.findings(mine)
    assert (issue.rule_id, issue.sheet, issue.row_number) == ("KNOWN-03", "Sản phẩm", None)
    assert "2024H1" in issue.message
    assert "Nho sấy 2 587" in issue.message
    assert "Nho sấy 1 587" not in issue.message


@pytest.mark.parametrize(
    ("before", "now", "is_asked"),
    [
        ({"status_code": "revoked"}, {}, True),
        ({"status_code": "expired"}, {}, True),
        (
            {"status_code": "revoked"},
            {"decision_date": date(2024, 11, 1), "decision_number": "9/QĐ-UBND"},
            False,
        ),
        ({"status_code": "recognised"}, {}, False),
        ({"status_code": "stopped"}, {"status_code": "proposed", "star_proposed": 4}, True),
    ],
)
def test_a_status_goes_back_only_by_a_new_decision(tmp_path, before, now, is_asked):
    known = Known()
    add(known, judged(tmp_path, period="2024H1", change=lambda f: f["product"][2].update(before)))
    mine = judged(tmp_path, change=lambda f: f["product"][2].update(now))
    assert ("KNOWN-04" in [i.rule_id for i in known.findings(mine)]) == is_asked
