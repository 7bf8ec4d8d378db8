"""A table of activities in sentences: every figure by its address, estimates and years told as such."""

from decimal import Decimal

from reports import definition
from reports.activity import summary

TRAINING, PLANTING = (definition.load().table(f"activity_{theme}") for theme in ("training", "planting"))


def row(code, **given):
    empty = dict.fromkeys(("activity_count", "measure_unit", "participant_count", "area_ha", "years"))
    flags = dict.fromkeys(
        ("is_count_approximate", "is_participant_approximate", "is_area_approximate"), False
    )
    done = {"state_code": "done", "state_name": "Đã thực hiện", "activity_type_name": "Tập huấn"}
    return {"row_code": code, **done, **empty, **flags, **given}


def addressed(reference, noun):
    return f"<{reference}> {noun}".strip()


def test_classes_with_their_attendances_and_years():
    rows = [
        row(
            "a", activity_count=94, measure_unit="lớp", participant_count=4300, is_participant_approximate=True,
            years="2021–2024",
        ),
        row("b", activity_count=1, measure_unit="lớp", years="2024"),
    ]  # fmt: skip
    assert summary(TRAINING, rows, "đã tổ chức", addressed) == (
        "Tập huấn: đã tổ chức <activity_training/a/activity_count> lớp với khoảng "
        "<activity_training/a/participant_count> lượt người (2021–2024), "
        "<activity_training/b/activity_count> lớp (năm 2024)."
    )


def test_what_is_planned_is_never_told_as_done():
    plan = {"state_code": "planned", "state_name": "Theo kế hoạch"}
    rows = [
        row("a", activity_count=1, measure_unit="lớp", years="2024"),
        row("b", activity_count=5, measure_unit="lớp", years="từ năm 2025", **plan),
    ]
    assert summary(TRAINING, rows, "đã tổ chức", addressed) == (
        "Tập huấn: đã tổ chức <activity_training/a/activity_count> lớp (năm 2024); "
        "theo kế hoạch <activity_training/b/activity_count> lớp (từ năm 2025)."
    )


def test_each_kind_has_its_own_sentence_of_the_figures_its_table_prints():
    rows = [
        row(
            "a", area_ha=Decimal("82.49"), participant_count=9, is_area_approximate=True, years="đến năm 2024"
        ),
        row("b", activity_type_name="Làng nghề"),
    ]
    assert summary(PLANTING, rows, "đã có", addressed) == (
        "Tập huấn: đã có khoảng <activity_planting/a/area_ha> ha (đến năm 2024). "
        "Làng nghề: đã có <activity_planting/b/line_count> hoạt động không ghi số lượng (không ghi thời gian)."
    )


def test_no_rows_are_no_sentence():
    assert summary(TRAINING, [], "đã tổ chức", addressed) == ""
