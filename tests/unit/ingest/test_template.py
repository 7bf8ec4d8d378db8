"""The blank workbook carries every field, its list and its hint, and reads back as what was written."""

import districts
from openpyxl import load_workbook

from ingest.read import read_workbook
from ingest.spec import load_forms
from ingest.template import HEADER_ROW


def test_every_field_has_its_column_hint_and_drop_down(tmp_path):
    workbook = load_workbook(districts.make(tmp_path))
    for form in load_forms().values():
        sheet = workbook[form.sheet]
        chosen = {str(v.sqref).split(":")[0] for v in sheet.data_validations.dataValidation}
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
    assert [row.values["product_name"] for row in workbook.sheets["product"].rows] == [
        "Nho sấy 1 587", "Nho sấy 2 587", "Nho sấy 3 587",
    ]  # fmt: skip
    assert workbook.sheets["funding"].rows[0].values["disbursed_amount_vnd_million"] == 93.974
