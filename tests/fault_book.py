"""A clean filing that uses every form, as a workbook that ``faults`` spoils and makes clean again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import districts

from ingest.spec import load_forms

UNIT, PERIOD = "587", "2024H2"
PRODUCTS = range(1, 15)
RATED = range(1, 9)  # rating n and product n are one product
UNRATED = range(9, 15)
NAMED_MONEY = range(1, 5)  # funding n names product n
MONEY = range(1, 11)
TARGETS = range(1, 9)
ACTIVITIES = range(1, 9)


def clean_rows() -> dict[str, list[dict]]:
    """A faultless filing that uses every form and most columns."""
    products = [
        {
            "product_name": f"Nho sấy {n}",
            "producer_name": f"HTX Nho số {n}",
            "commune_code": "22882",
            "producer_type_code": "HTX",
            "product_group_code": "1",
            "product_code": f"58-587-22882-{n}-2024",
            "producer_registration_no": f"45000{n:02}",
            "star": 4 if n % 5 == 0 else 3,
            "decision_number": f"{100 + n}/QĐ-UBND",
            "decision_date": date(2024, 9, n),
            "issuing_authority": "UBND huyện Ninh Phước",
            "expiry_date": date(2027, 9, n),
            "status_code": "recognised",
            "dossier_date": date(2024, 7, n),
            "annual_revenue_vnd_million": Decimal(500 + n),
            "local_labour_count": 5 + n,
            "is_on_ecommerce": True,
        }
        for n in PRODUCTS
    ]
    copied = (
        "product_name", "producer_name", "product_code", "star", "decision_number", "decision_date", "issuing_authority",
        "dossier_date",
    )  # fmt: skip
    ratings = [
        {
            **{name: products[n - 1][name] for name in copied},
            "cycle_code": "first",
            "council_level_code": "district",
            "council_date": date(2024, 8, n),
            "score_part_a_point": Decimal(30),
            "score_part_b_point": Decimal(20),
            "score_part_c_point": Decimal(25) if n % 5 == 0 else Decimal("10.5"),
            "score_point": Decimal(75) if n % 5 == 0 else Decimal("60.5"),
            "meets_minimum_criteria": True,
            "outcome_code": "recognised",
        }
        for n in RATED
    ]
    funding = [
        {
            "funding_year": 2024,
            "source_code": "NSTW",
            "capital_nature_code": "SN",
            "content_code": "4",
            "planned_amount_vnd_million": Decimal(100 + n),
            "disbursed_amount_vnd_million": Decimal(90 + n),
            "note": f"Đợt {n}",
            "product_name": products[n - 1]["product_name"] if n in NAMED_MONEY else None,
            "producer_name": products[n - 1]["producer_name"] if n in NAMED_MONEY else None,
        }
        for n in MONEY
    ]
    targets = [
        {
            "indicator_code": "new_product",
            "subject_unit_code": UNIT,
            "target_from_year": 2020 + n,
            "target_to_year": 2020 + n,
            "target_min": Decimal(n),
            "target_max": Decimal(n + 2),
            "plan_document": "Kế hoạch huyện",
        }
        for n in TARGETS
    ]
    activities = [
        {
            "activity_type_code": "training",
            "state_code": "done",
            "from_date": date(2024, 7, n),
            "to_date": date(2024, 7, n + 1),
            "activity_count": Decimal(n),
            "measure_unit": "lớp",
        }
        for n in ACTIVITIES
    ]
    return {
        "product": products,
        "rating": ratings,
        "funding": funding,
        "target": targets,
        "activity": activities,
    }


class Book:
    """A clean workbook that is spoilt and made clean again, so that it is loaded once."""

    def __init__(self, folder: Path):
        from openpyxl import load_workbook

        self.clean = districts.make(folder / "clean.xlsx", UNIT, PERIOD, filing=clean_rows())
        self.workbook = load_workbook(self.clean)
        self._undo: list[Callable[[], None]] = []

    def put(self, form: str, row: int, **values: object) -> None:
        """Write fields of the n-th data row."""
        for name, value in values.items():
            self._write(districts.cell(self.workbook, form, name, row), value)

    def put_cover(self, **values: object) -> None:
        """Write fields of the cover."""
        for name, value in values.items():
            self._write(districts.cover_cell(self.workbook, name), value)

    def get(self, form: str, row: int, name: str) -> object:
        """What stands there."""
        return districts.cell(self.workbook, form, name, row).value

    def copy_row(self, form: str, source: int, target: int) -> None:
        """Every field of one row into another."""
        for known in load_forms()[form].fields:
            self.put(form, target, **{known.name: self.get(form, source, known.name)})

    def sheet(self, form: str):
        """The form's sheet."""
        return self.workbook[load_forms()[form].sheet]

    def after(self, undo: Callable[[], None]) -> None:
        """Remember how to make a change of the workbook's structure undone."""
        self._undo.append(undo)

    def _write(self, cell, value: object) -> None:
        before = cell.value
        self._undo.append(lambda: setattr(cell, "value", before))
        cell.value = value

    def save(self, path: Path) -> Path:
        """Write the spoilt workbook, then make it clean again."""
        self.workbook.save(path)
        while self._undo:
            self._undo.pop()()
        return path
