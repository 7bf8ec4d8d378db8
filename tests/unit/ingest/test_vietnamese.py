"""Numbers, dates and names as clerks type them."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.vietnamese import (
    AmbiguousNumberError,
    NumberGrammarError,
    clean,
    fold,
    format_number,
    match_key,
    parse_date,
    parse_number,
)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("93,974", "93.974"),
        ("130.316", "130316"),
        ("33.944,48", "33944.48"),
        ("2.000", "2000"),
        ("08", "8"),
        ("1.234.567", "1234567"),
        ("-5,5", "-5.5"),
    ],
)
def test_numbers_are_read_in_vietnamese_grammar(typed, value):
    assert parse_number(typed) == Decimal(value)


def test_the_unit_of_the_field_may_be_typed_behind_the_number():
    assert parse_number("345 triệu đồng", "triệu đồng") == 345
    assert parse_number("93,974 Triệu đồng", "triệu đồng") == Decimal("93.974")


@pytest.mark.parametrize("typed", ["1,2 nghìn triệu đồng", "345 đồng", "345 triệu", "345 tỷ đồng"])
def test_another_unit_is_not_read_as_the_unit_of_the_field(typed):
    with pytest.raises(NumberGrammarError):
        parse_number(typed, "triệu đồng")


@pytest.mark.parametrize(
    "typed", ["93,974.50", "1,2,3", "12.34", "1.2345", "abc", "", "12 34", "1e5", "٣", "0.500", "000.000"]
)
def test_other_grammars_are_refused(typed):
    with pytest.raises(NumberGrammarError):
        parse_number(typed)


def test_a_measured_amount_with_one_dot_has_two_readings():
    with pytest.raises(AmbiguousNumberError) as caught:
        parse_number("93.974", "triệu đồng")
    assert caught.value.readings == ("93974", "93,974")
    assert [parse_number(reading, "triệu đồng") for reading in caught.value.readings] == [
        93974,
        Decimal("93.974"),
    ]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_what_is_printed_reads_back_as_the_same_number(value):
    assert parse_number(format_number(value)) == value


@given(st.dates(min_value=date(1900, 1, 1)))
def test_dates_read_back_in_each_format(day):
    assert parse_date(f"{day.day}/{day.month}/{day.year:04}") == day
    assert parse_date(f"{day:%d.%m.}{day.year:04}") == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize("typed", ["31/02/2024", "00/12/2024", "12/2024", "hôm qua", "1/1/24"])
def test_days_that_do_not_exist_are_refused(typed):
    with pytest.raises(ValueError, match=".+"):
        parse_date(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Hoà Bình", "htx  hòa bình"),
        ("Thuỷ sản", "Thủy sản"),
        (unicodedata.normalize("NFD", "Nho sấy Thiên Thảo"), "Nho sấy Thiên Thảo"),
        ("Quý\u00a0Hoà", "Quý Hòa"),
    ],
)
def test_two_spellings_of_one_name_meet(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Mận sấy", "Măng sấy"), ("Đũa gỗ", "Dũa gỗ"), ("Táo sấy", "Tào sấy")]
)
def test_look_alikes_stay_apart(one, other):
    assert match_key(one) != match_key(other)


@given(st.text())
def test_cleaning_and_keys_are_stable(text):
    assert clean(clean(text)) == clean(text)
    assert match_key(match_key(text)) == match_key(text)
    assert fold(fold(text)) == fold(text)


def test_headers_meet_without_diacritics_and_case():
    assert fold("  XÃ / PHƯỜNG ") == fold("Xa/phuong") == "xa phuong"
    assert fold("Đơn vị tính") == "don vi tinh"
