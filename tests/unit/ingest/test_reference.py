"""What a clerk types finds the one entry that is meant, or none."""

from collections import Counter
from datetime import date

import pytest

from ingest.reference import CodeList, province_on, units, units_of_province

COMMUNES = CodeList(
    "commune",
    (
        ("1", "Xã Thanh Hải"),
        ("2", "Xã Thành Hải"),
        ("3", "Phường Hòa An"),
        ("4", "Xã Phước Hậu"),
        ("5", "Thị trấn Phước Dân"),
        ("6", "Xã Phước Dân"),
    ),
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Xã Thanh Hải", "1"),
        ("Xã Thành Hải", "2"),
        ("thành hải", "2"),
        ("Thanh Hai", None),  # both are written so without diacritics
        ("phuong hoa an", "3"),
        ("Hoà An", "3"),
        ("4 - Xã Phước Hậu", "4"),
        ("4", "4"),
        ("TT Phước Dân", "5"),
        ("TT. Phước Dân", "5"),
        ("X.Phước Dân", "6"),
        ("x. phuoc dan", "6"),
        ("P. Phước Dân", None),
        ("Phước Dân", None),
        ("Phước", None),
        ("", None),
    ],
)
def test_diacritics_decide_and_two_meanings_are_none(typed, code):
    assert COMMUNES.find(typed) == code


@pytest.mark.parametrize(
    ("setting", "day", "code"),
    [
        ("58", date(2025, 6, 30), "58"),
        ("58", date(2025, 7, 1), "56"),
        ("70", date(2026, 4, 29), "75"),
        ("70", date(2026, 4, 30), "75"),  # Đồng Nai, a city by then
        ("75", date(2026, 4, 30), "75"),
    ],
)
def test_the_province_served_is_the_one_of_the_day(setting, day, code):
    assert province_on(setting, day) == code


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2026, 1, 1)])
def test_a_province_that_never_was_is_an_error(day):
    with pytest.raises(LookupError, match="99"):
        province_on("99", day)


@pytest.mark.parametrize(
    ("setting", "day", "levels"),
    [
        ("58", date(2024, 12, 14), {"province": 1, "district": 7, "commune": 62}),
        ("58", date(2025, 12, 14), {"province": 1, "commune": 65}),
        ("75", date(2026, 6, 14), {"province": 1, "commune": 95}),
    ],
)
def test_the_units_of_a_province_are_those_of_the_day(setting, day, levels):
    found = units_of_province(setting, day)
    assert Counter(unit.level for unit in found.values()) == levels
    assert found.items() <= {(u.code, u) for u in units() if u.is_valid_on(day)}
