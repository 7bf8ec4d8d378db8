"""Build the sample workbooks from the figures in ``samples/figures``: real figures of three units, each with its source.

Run ``python -m samples.build`` after a change of forms, lists or figures and commit the workbooks.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from ingest.spec import load_forms
from ingest.template import HEADER_ROW, resolve, write_template

SAMPLES = Path(__file__).resolve().parent
PROVINCE = "58"
WORKBOOKS = (
    ("587", "2020H2"),
    ("587", "2022H2"),
    ("587", "2023H2"),
    ("587", "2024H2"),
    ("585", "2025Y"),
    ("58", "2024Y"),
)
# Source 000: the batch of 2020 was recognised by the province, those of 2022 to 2024 by the district.
_FIRST_DISTRICT_YEAR = 2022


def _figures(name: str) -> list[dict[str, str]]:
    with (SAMPLES / "figures" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _typed(form_name: str, row: dict[str, str]) -> dict[str, object]:
    """The figures of a row that are fields of the form, with the form's types; empty stays empty."""
    typed = {}
    for known in load_forms()[form_name].fields:
        text = row.get(known.name, "")
        if text == "":
            continue
        if known.type == "integer":
            typed[known.name] = int(text)
        elif known.type == "number":
            typed[known.name] = Decimal(text)
        elif known.type == "date":
            typed[known.name] = date.fromisoformat(text)
        elif known.type == "boolean":
            typed[known.name] = text == "true"
        else:
            typed[known.name] = text
    return typed


def _product_note(row: dict[str, str]) -> str | None:
    notes = []
    if row["product_group_code"] and row["is_group_stated"] == "false":
        notes.append("Nhóm sản phẩm do suy luận từ tên sản phẩm")
    if not row["product_group_code"]:
        notes.append("Chưa rõ nhóm: thực phẩm hoặc đồ uống")
    if row["year"] in ("2022", "2023"):
        notes.append(f"Năm công nhận {row['year']} do suy luận từ kinh phí hỗ trợ")
    return "; ".join(notes) or None


def _status(row: dict[str, str], cut_off: date) -> str:
    """Stock status at a cut-off: the batch of 4/12/2020 runs 36 months, later ones are not expired by 2024."""
    if row["status_at_2024_12_14"] == "proposed":
        return "proposed"
    is_over = bool(row["decision_date"]) and cut_off >= date(2023, 12, 4)
    return "expired" if is_over else "recognised"


def sheets(unit_code: str, period_code: str) -> dict[str, list[dict]]:
    """Rows of every sheet of one workbook, by form."""
    unit, period = resolve(unit_code, period_code, PROVINCE)
    rows: dict[str, list[dict]] = {"product": [], "rating": []}
    if period.kind != "Y":
        for row in _figures("products"):
            if row["unit_code"] != unit.code or int(row["year"]) > period.year:
                continue
            product = _typed("product", row)
            product["status_code"] = _status(row, period.cut_off_on)
            product["note"] = _product_note(row)
            if row["decision_number"]:
                product["issuing_authority"] = "UBND tỉnh Ninh Thuận"
            rows["product"].append(product)
            if int(row["year"]) == period.year:
                rows["rating"].append(_rating(row, product))
    for form_name, figures in (("funding", "funding"), ("target", "targets"), ("activity", "activities")):
        rows[form_name] = [
            _typed(form_name, row)
            for row in _figures(figures)
            if (row["unit_code"], row["period_code"]) == (unit_code, period_code)
        ]
    return rows


def _rating(row: dict[str, str], product: dict) -> dict:
    is_proposed = product["status_code"] == "proposed"
    keep = (
        "product_name",
        "producer_name",
        "star",
        "star_proposed",
        "decision_number",
        "decision_date",
        "issuing_authority",
    )
    return {
        **{name: product.get(name) for name in keep},
        "cycle_code": "first",
        "council_level_code": "province" if int(row["year"]) < _FIRST_DISTRICT_YEAR else "district",
        "outcome_code": "proposed_higher" if is_proposed else "recognised",
        "note": "Đề nghị Hội đồng tỉnh công nhận 4 sao" if is_proposed else product["note"],
    }


def build(directory: Path) -> list[Path]:
    """Write every sample workbook into the directory; returns their paths."""
    written = []
    for unit_code, period_code in WORKBOOKS:
        unit, period = resolve(unit_code, period_code, PROVINCE)
        cover = {
            row["field_name"]: Decimal(row["value"])
            for row in _figures("cover_totals")
            if (row["unit_code"], row["period_code"]) == (unit_code, period_code)
        }
        path = directory / f"ocop-{unit_code}-{period_code}.xlsx"
        write_template(path, unit, period, PROVINCE, sheets(unit_code, period_code), cover)
        written.append(path)
    return written + _build_bad(directory / "bad", directory / "ocop-587-2024H2.xlsx")


def _build_bad(directory: Path, good: Path) -> list[Path]:
    """Three workbooks with named faults; see samples/README.md."""
    from openpyxl import load_workbook

    directory.mkdir(exist_ok=True)
    many, stranger, broken = (
        directory / name
        for name in ("nhieu-loi-587-2024H1.xlsx", "sai-don-vi-999-2024H2.xlsx", "tep-hong.xlsx")
    )
    workbook = load_workbook(good)
    workbook["Bìa"]["C6"] = "2024H1"
    for label, value in workbook["Bìa"].iter_rows(min_col=2, max_col=3):
        if str(label.value).startswith("Tổng"):  # control totals belong to the good workbook
            value.value = None
    _spoil(workbook["Sản phẩm"], load_forms()["product"], _PRODUCT_FAULTS)
    _spoil(workbook["Kinh phí"], load_forms()["funding"], _FUNDING_FAULTS)
    workbook.save(many)
    workbook = load_workbook(good)
    workbook["Bìa"]["C4"] = "999"
    workbook.save(stranger)
    broken.write_bytes(good.read_bytes()[:2000])
    return [many, stranger, broken]


# (row of data counted from 1, field, what the clerk typed)
_PRODUCT_FAULTS = (
    (1, "decision_date", "31/02/2020"),  # impossible date
    (2, "star", 7),  # star outside 1-5
    (3, "commune_code", None),  # missing required cell
    (4, "producer_type_code", "Tập đoàn"),  # unknown code
    (5, "product_name", "Thịt cừu rút xương"),  # the same product and producer as the next row
)
_FUNDING_FAULTS = (
    (1, "disbursed_amount_vnd_million", "93,974.50"),  # English grammar
    (1, "planned_amount_vnd_million", "93.974"),  # two readings
)


def _spoil(sheet, form, faults) -> None:
    columns = {known.name: index for index, known in enumerate(form.fields, start=1)}
    for row, field_name, value in faults:
        sheet.cell(HEADER_ROW + row, columns[field_name]).value = value


if __name__ == "__main__":
    for path in build(SAMPLES):
        print(path.relative_to(SAMPLES))
