"""What stands in one cell becomes one typed value, or says why not."""

from datetime import date, datetime

import pytest

from ingest.cells import Place, typed_value
from ingest.spec import load_forms

PLACE = Place("Sản phẩm", 5, "A", "Tiêu đề")


def typed(form: str, name: str, value: object):
    found, issue = typed_value(load_forms()[form].field(name), value, PLACE, {})
    return found, issue and issue.rule_id, issue


@pytest.mark.parametrize(
    "mark", ["nt", "-nt-", "N.T", "như trên", "Như dòng trên", "″", '"', "〃", "- ” -", "''"]
)
@pytest.mark.parametrize("name", ["producer_name", "issuing_authority"])
def test_a_mark_for_the_row_above_is_no_text(mark, name):
    value, rule, issue = typed("product", name, mark)
    assert (value, rule, issue.severity) == (None, "CELL-20", "error")


@pytest.mark.parametrize("text", ["NTM Phước Dân", "Cơ sở Như Trên Núi", "Nho 'Ba Mọi'", "Nt1"])
def test_a_name_that_looks_like_a_mark_is_a_name(text):
    assert typed("product", "producer_name", text)[:2] == (text, None)


@pytest.mark.parametrize("dash", ["-", "–", "...", "…", "/", "?"])
def test_a_dash_in_the_place_of_a_text_is_no_text(dash):
    assert typed("product", "producer_name", dash)[:2] == (None, "CELL-01")
    assert typed("product", "decision_number", dash)[:2] == (None, "CELL-02")
    assert typed("product", "note", dash)[:2] == (dash, None)


@pytest.mark.parametrize("text", ["-", "—", "không có", "Chưa có"])
def test_a_dash_in_the_place_of_a_number_may_be_zero_or_unknown(text):
    value, rule, issue = typed("product", "local_labour_count", text)
    assert (value, rule) == (None, "CELL-03")
    assert "để trống" in issue.message
    assert "số 0" in issue.message


def test_a_text_where_a_number_is_asked_for_is_no_word_of_zero():
    assert "số 0" not in typed("product", "local_labour_count", "mười hai")[2].message


@pytest.mark.parametrize("name", ["decision_number", "producer_registration_no", "planting_area_code"])
def test_a_number_that_a_spreadsheet_made_a_day_is_no_number(name):
    value, rule, issue = typed("product", name, datetime(2024, 12, 1))
    assert (value, rule) == (None, "CELL-07")
    assert "Văn bản (Text)" in issue.message
    assert typed("product", "note", datetime(2024, 12, 1))[:2] == ("01/12/2024", None)


def test_days_of_another_order_make_every_day_of_the_column_doubtful():
    value, rule, issue = typed("product", "decision_date", "12/25/2024")
    assert (value, rule) == (None, "CELL-04")
    assert "tháng/ngày/năm" in issue.message
    assert "tháng/ngày/năm" not in typed("product", "decision_date", "31/02/2024")[2].message


def test_a_day_is_a_day():
    assert typed("product", "decision_date", "14/12/2024")[:2] == (date(2024, 12, 14), None)
