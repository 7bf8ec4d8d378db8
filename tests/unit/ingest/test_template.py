"""The blank workbook carries every field, its list and its hint, and reads back as what was written."""

import districts
from openpyxl import load_workbook

from ingest.read import read_workbook
from ingest.spec import load_forms
from ingest.template import HEADER_ROW, resolve, write_template


def test_every_field_has_its_column_hint_and_drop_down(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    for form in load_forms().values():
        sheet = workbook[form.sheet]
        chosen = {
            str(v.sqref).split(":")[0] for v in sheet.data_validations.dataValidation if v.type == "list"
        }
        for index, known in enumerate(form.fields, start=1):
            if form.kind == "cover":
                continue
            header = sheet.cell(HEADER_ROW, index)
            assert header.value == known.title
            assert header.comment.text
            first = sheet.cell(HEADER_ROW + 1, index).coordinate
            assert (first in chosen) == bool(known.codelist), known.name
    assert workbook["Danh mục"].sheet_state == "hidden"


def test_drop_downs_point_at_their_entries(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    sheet = workbook["Sản phẩm"]
    column = [f.name for f in load_forms()["product"].fields].index("commune_code") + 1
    first = sheet.cell(HEADER_ROW + 1, column).coordinate
    (choice,) = [v for v in sheet.data_validations.dataValidation if str(v.sqref).startswith(first + ":")]
    cells = workbook["Danh mục"][choice.formula1.partition("!")[2].replace("$", "")]
    assert [c[0].value for c in cells][:2] == ["22870 - Thị trấn Phước Dân", "22873 - Xã Phước Sơn"]


def test_headers_of_a_form_are_told_apart():
    from ingest.vietnamese import fold

    for form in load_forms().values():
        keys = [fold(header) for known in form.fields for header in set(map(fold, known.headers))]
        assert len(keys) == len(set(keys)), form.name


def test_what_was_written_is_read(tmp_path):
    workbook = read_workbook(districts.make(tmp_path))
    assert workbook.cover["unit_code"] == "587"
    assert workbook.sheets["product"].values["product_name"] == [
        "Nho sấy 1 587", "Nho sấy 2 587", "Nho sấy 3 587",
    ]  # fmt: skip
    assert workbook.sheets["funding"].values["disbursed_amount_vnd_million"][0] == 93.974


def test_titles_are_locked_and_data_is_free(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    given = {"unit_code", "unit_name", "period_code", "form_version"}
    for form in load_forms().values():
        sheet = workbook[form.sheet]
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        locked = {name for name in ("insertRows", "deleteRows", "sort") if getattr(sheet.protection, name)}
        assert locked == set()
        if form.kind == "cover":
            for known in form.fields:
                assert districts.cover_cell(workbook, known.name).protection.locked == (known.name in given)
            continue
        for index in range(1, len(form.fields) + 1):
            assert sheet.cell(HEADER_ROW, index).protection.locked
            assert not sheet.column_dimensions[sheet.cell(1, index).column_letter].protection.locked
        assert not sheet.cell(HEADER_ROW + 1, 1).protection.locked
        # Excel deletes a row only where every one of its cells is free, to the last column there is.
        assert max(d.max for d in sheet.column_dimensions.values() if not d.protection.locked) == 16_384
        assert sheet.row_dimensions[1].has_style
        assert sheet.row_dimensions[1].protection.locked


def test_numbers_and_dates_are_asked_about_and_never_blocked(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    for form in load_forms().values():
        rules = workbook[form.sheet].data_validations.dataValidation
        ranges = [r for r in rules if r.type != "list"]
        assert all(r.errorStyle == "warning" and r.error.endswith("Vẫn giữ nội dung đã ghi?") for r in ranges)
        kinds = {"integer": "whole", "number": "decimal", "date": "date"}
        expected = [kinds[f.type] for f in form.fields if f.type in kinds and f.codelist is None]
        assert sorted(r.type for r in ranges) == sorted(expected)


def test_the_cover_says_the_deadline_and_sheets_print_on_a4(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    assert workbook["Bìa"]["B3"].value == "Số liệu đến hết ngày 14/12/2024. Hạn gửi: 17/12/2024."
    sheet = workbook["Sản phẩm"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
    assert sheet.oddFooter.right.text == "Trang &P/&N"
    assert sheet.freeze_panes == f"C{HEADER_ROW + 1}"


def test_producers_are_offered_where_one_is_named_and_a_new_one_may_be_typed(tmp_path):
    path = tmp_path / "t.xlsx"
    unit, period = resolve("587", "2024H2", districts.PROVINCE)
    producers = ["HTX Châu Rế", "HTX Tuấn Tú"]
    write_template(path, unit, period, districts.PROVINCE, producers=producers, notes={"product": "Từ đâu."})
    workbook = load_workbook(path)
    assert workbook["Sản phẩm"]["A3"].value == "Từ đâu."
    for form in load_forms().values():
        names = [f.name for f in form.fields]
        if "producer_name" not in names:
            continue
        sheet = workbook[form.sheet]
        first = sheet.cell(HEADER_ROW + 1, names.index("producer_name") + 1).coordinate
        (choice,) = [v for v in sheet.data_validations.dataValidation if str(v.sqref).startswith(first + ":")]
        cells = workbook["Danh mục"][choice.formula1.partition("!")[2].replace("$", "")]
        assert [c[0].value for c in cells] == producers
        assert not choice.showErrorMessage
