"""What a clerk types finds the one entry that is meant, or none."""

import pytest

from ingest.reference import CodeList

COMMUNES = CodeList(
    "commune", (("1", "Xã Thanh Hải"), ("2", "Xã Thành Hải"), ("3", "Phường Hòa An"), ("4", "Xã Phước Hậu"))
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
        ("Phước", None),
        ("", None),
    ],
)
def test_diacritics_decide_and_two_meanings_are_none(typed, code):
    assert COMMUNES.find(typed) == code
