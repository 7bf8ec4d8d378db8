"""Tracing: from a printed figure to the cells of the workbooks it came from."""

from decimal import Decimal

import duckdb
import pytest

from reports.trace import TraceError, trace


def test_a_count_leads_to_one_cell_per_product(warehouse):
    found = trace(warehouse, "star_by_unit", "587", "valid_count", "2024H2")
    assert found["figure"] == "star_by_unit/587/valid_count"
    assert found["value"] == 3
    assert found["note"] is None
    assert [cell["cell"] for cell in found["cells"]] == ["I7", "I8", "I9"]
    assert found["cells"][0] == {
        "submission_id": "2024H2-587-0123456789ab",
        "file_name": "ninh-phuoc.xlsx",
        "sender": "Huyện Ninh Phước (587)",
        "received_at": "16/12/2024 22:00",
        "revision_no": 2,
        "sheet": "Sản phẩm",
        "cell": "I7",
        "row_number": 7,
        "field_name": "status_code",
        "header_text": "Tình trạng",
        "other_cells": ["G7"],
        "value_contribution": 1,
    }


def test_the_sql_of_a_figure_gives_as_many_rows_as_cells(warehouse):
    for row, column in (("587", "valid_count"), ("total", "valid_count")):
        found = trace(warehouse, "star_by_unit", row, column, "2024H2")
        assert "\n" not in found["sql"]
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            assert len(connection.execute(found["sql"]).fetchall()) == len(found["cells"]) == 3


def test_a_sum_leads_to_its_amounts(warehouse):
    found = trace(
        warehouse, "rpt_ministry__funding_by_source", "NSTW-1", "disbursed_amount_vnd_million", "2024H2"
    )
    assert [(cell["cell"], cell["value_contribution"]) for cell in found["cells"]] == [
        ("F5", Decimal("975.000")),
        ("F6", Decimal("415.029")),
    ]
    assert sum(cell["value_contribution"] for cell in found["cells"]) == found["value"] == Decimal("1390.029")


def test_a_total_rests_on_all_rows(warehouse):
    found = trace(warehouse, "funding_by_source", "total", "disbursed_amount_vnd_million", "2024H2")
    assert [cell["cell"] for cell in found["cells"]] == ["F5", "F6", "F7", "F8"]  # none again for a sub-total
    assert found["note"] is None
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        assert len(connection.execute(found["sql"]).fetchall()) == 4
    added = trace(warehouse, "funding_by_source", "NSTW-total", "disbursed_amount_vnd_million", "2024H2")
    assert [cell["cell"] for cell in added["cells"]] == ["F5", "F6", "F8"]
    assert (added["value"], added["note"]) == (Decimal("1390.029"), None)


def test_a_thing_in_two_cells_is_counted_once(published, change):
    change("insert into int_ministry__evidence select * from int_ministry__evidence where _row_number = 8")
    found = trace(published / "ocop.duckdb", "star_by_unit", "587", "valid_count")
    assert [cell["value_contribution"] for cell in found["cells"]] == [1, 1, 0, 1]
    assert found["note"] is None


def test_a_figure_and_its_evidence_that_disagree_are_reported(published, change):
    change("update rpt_ministry__star_by_unit set valid_count = 4 where row_code = '587'")
    found = trace(published / "ocop.duckdb", "star_by_unit", "587", "valid_count")
    assert found["note"] == "Số in là 4, nhưng các ô truy nguyên được cho kết quả 3; đề nghị kiểm tra."


@pytest.mark.parametrize(
    ("figure", "reason", "words"),
    [
        (("headline", "missing_unit", "value"), "register", "sổ nhận báo cáo"),
        (("star_by_unit", "582", "valid_count"), "unknown", "Chưa có số liệu"),
        (("star_by_unit", "587", "star_5_count"), "none", "Bằng 0"),
        (("star_by_unit", "587", "unit_name"), "words", "Là chữ"),
    ],
)
def test_a_figure_without_cells_says_why(warehouse, figure, reason, words):
    found = trace(warehouse, *figure, "2024H2")
    assert found["cells"] == []
    assert found["reason"] == reason
    assert words in found["note"]


def test_what_comes_from_the_register_is_one_list(published, change):
    """The gate reads the same one: test_a_figure_no_longer_of_the_register_needs_evidence."""
    change("delete from int_ministry__register_figure where figure_pattern = 'headline/missing_unit/value'")
    database = published / "ocop.duckdb"
    assert trace(database, "headline", "missing_unit", "value")["reason"] == "lost"
    assert trace(database, "headline", "held_unit", "value")["reason"] == "register"


def test_a_copy_of_an_earlier_version_is_answered_with_a_sentence(published, change):
    change("alter table int_ministry__evidence drop column _other_field_names")
    with pytest.raises(
        TraceError, match=r"published/ocop.duckdb was made by another version.*_other_field_names"
    ):
        trace(published / "ocop.duckdb", "star_by_unit", "587", "valid_count")


def test_a_figure_that_lost_its_cells_is_doubted(published, change):
    change("delete from int_ministry__evidence where table_code = 'star_by_unit'")
    found = trace(published / "ocop.duckdb", "star_by_unit", "587", "valid_count")
    assert found["reason"] == "lost"
    assert found["note"] == "Số in là 3 nhưng không ô nào của báo cáo cho số này; đề nghị kiểm tra."


def test_without_a_period_the_newest_one_is_taken(published, change):
    change("insert into rpt_ministry__headline values ('2024H1', 1, 'producer', 'Chủ thể', 99, 'chủ thể')")
    found = trace(published / "ocop.duckdb", "headline", "producer", "value")
    assert (found["period"], found["value"]) == ("2024H2", 3)
    assert trace(published / "ocop.duckdb", "headline", "producer", "value", "2024H1")["value"] == 99


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        (
            ("star_by_moon", "587", "valid_count"),
            "there is no printed table 'star_by_moon'; there are: activity_label, activity_other",
        ),
        (("star_by_unit", "999", "valid_count"), "no row '999' in period 2024H2; it has: 582, 584, 585"),
        (("star_by_unit", "587", "valid"), "no column 'valid'; it has: unit_code, unit_name"),
        (("star_by_unit; drop table x", "587", "valid"), "there is no printed table"),
        (("rating", "total", "product_count"), "table rating has no rows in any period"),
    ],
)
def test_an_address_that_leads_nowhere_is_answered_with_what_there_is(warehouse, address, answer):
    with pytest.raises(TraceError, match=answer):
        trace(warehouse, *address)


def test_a_layout_without_the_column_still_names_the_row(published, change):
    change("delete from fct_layout")
    cell = trace(published / "ocop.duckdb", "star_by_unit", "587", "valid_count")["cells"][0]
    assert (cell["cell"], cell["row_number"], cell["field_name"]) == (None, 7, "status_code")
