"""Official number and date style, and the reader that takes it back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import readback, wording

AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (8, "8"),
        (1234, "1.234"),
        (Decimal("1234.5"), "1.234,5"),
        (Decimal("93.974"), "93,974"),
        (Decimal("345.000"), "345"),
        (Decimal("-0.050"), "-0,05"),
        (130316, "130.316"),
    ],
)
def test_numbers_have_dots_for_thousands_and_a_comma_for_decimals(value, text):
    assert wording.number(value) == text


@given(AMOUNTS)
def test_a_reader_of_the_page_gets_the_amount_back(amount):
    assert readback.number(wording.number(amount)) == amount


@given(st.integers(min_value=0, max_value=10**9))
def test_a_padded_count_reads_back(value):
    text = wording.padded(value)
    assert readback.number(text) == value
    assert len(text) >= 2 or value == 0


def test_a_fraction_in_a_sentence_is_neither_cut_nor_padded():
    assert [wording.padded(Decimal(text)) for text in ("9.000", "2.500", "82.490", "0.5", "1234.5")] == [
        "09",
        "2,5",
        "82,49",
        "0,5",
        "1.234,5",
    ]


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_date_reads_back(day):
    assert readback.day(wording.short_date(day)) == day


def test_dates_pad_days_below_ten_and_the_months_one_and_two():
    assert wording.short_date(date(2024, 2, 6)) == "06/02/2024"
    assert wording.short_date(date(2024, 6, 14)) == "14/6/2024"


def test_nothing_is_rounded():
    with pytest.raises(ValueError, match="would have to be rounded"):
        wording.number(Decimal("0.0005"))
    with pytest.raises(ValueError, match="not whole"):
        wording.count(Decimal("2.5"))


def test_a_float_is_not_printed():
    with pytest.raises(TypeError, match="float"):
        wording.number(0.1)


@pytest.mark.parametrize("text", ["1,234.5", "93.974,", "1.23", "12.3456", "1 234", "1234", "", "007"])
def test_the_reader_refuses_what_is_not_vietnamese_writing(text):
    with pytest.raises(ValueError, match="not a number"):
        readback.number(text)


def test_units_are_named_in_small_letters_inside_a_sentence():
    assert wording.listing(["Huyện Bác Ái", "Thành phố Phan Rang - Tháp Chàm"]) == (
        "huyện Bác Ái; thành phố Phan Rang - Tháp Chàm"
    )


def test_annexes_are_numbered_in_roman():
    assert [wording.roman(n) for n in (1, 2, 3, 4, 9, 14)] == ["I", "II", "III", "IV", "IX", "XIV"]
