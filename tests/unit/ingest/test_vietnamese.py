"""Numbers, dates and names as clerks type them."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.vietnamese import (
    AmbiguousNumberError,
    NumberGrammarError,
    PartialDateError,
    ShortYearError,
    clean,
    compose,
    fold,
    format_number,
    loose_key,
    match_key,
    parse_date,
    parse_number,
    parse_range,
    read_number,
    without_approximation,
)
from reports.wording import UNSTORABLE


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
        ("\u22125,5", "-5.5"),
        ("1 234 567", "1234567"),
        ("1\u00a0234\u202f567,8", "1234567.8"),
    ],
)
def test_numbers_are_read_in_vietnamese_grammar(typed, value):
    assert parse_number(typed) == Decimal(value)


def test_the_unit_of_the_field_may_be_typed_behind_the_number():
    assert parse_number("345 triệu đồng", "triệu đồng") == 345
    assert parse_number("93,974 Triệu đồng", "triệu đồng") == Decimal("93.974")


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("93,974 triệu", "triệu đồng", "93.974"),
        ("345 tr.đ", "triệu đồng", "345"),
        ("168ha", "ha", "168"),
        ("65,25 điểm", "điểm", "65.25"),
    ],
)
def test_a_short_form_of_the_unit_is_the_unit(typed, unit, value):
    assert read_number(typed, unit) == (Decimal(value), False)


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1,2 tỷ đồng", "triệu đồng", "1200"),
        ("1,2 tỉ", "triệu đồng", "1200"),
        ("93.974.000đ", "triệu đồng", "93.974"),
        ("93.974.000 VNĐ", "triệu đồng", "93.974"),
        ("93.974 đồng", "triệu đồng", "0.093974"),
        ("415.029,5 nghìn đồng", "triệu đồng", "415.0295"),
        ("339,4km2", "ha", "33940"),
        ("5.000 m²", "ha", None),
    ],
)
def test_another_unit_is_converted_exactly_and_said(typed, unit, value):
    if value is None:  # 5000 or 5 square metres: held
        with pytest.raises(AmbiguousNumberError):
            read_number(typed, unit)
    else:
        assert read_number(typed, unit) == (Decimal(value), True)


def test_both_readings_of_an_amount_in_another_unit_keep_their_unit():
    with pytest.raises(AmbiguousNumberError) as caught:
        parse_number("1.200 tỷ", "triệu đồng")
    assert caught.value.readings == ("1200 tỷ", "1,200 tỷ")


def test_words_a_field_counts_may_stand_behind_its_number():
    assert parse_number("08 sản phẩm", counts=["sản phẩm"]) == 8
    assert parse_number("3 Sao", counts=["sao", "*"]) == parse_number("3*", counts=["sao", "*"]) == 3
    with pytest.raises(NumberGrammarError):
        parse_number("08 xã", counts=["sản phẩm"])


@pytest.mark.parametrize("typed", ["1,2 nghìn triệu đồng", "345 đồng", "345 ha", "2 tỷ 345 triệu"])
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


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**12),
    st.sampled_from([".", " ", "\u00a0", "\u202f", ""]),
    st.sampled_from(["-", "\u2212", ""]),
    st.sampled_from(["", " triệu đồng", "triệu", " tỷ", " đồng"]),
)
def test_every_format_of_a_number_reads_back_as_the_same_number(value, separator, minus, unit):
    printed = format_number(value).replace(".", separator)
    factor = {" tỷ": 1000, " đồng": Decimal("0.000001")}.get(unit, 1)
    wanted = (-value if minus else value) * factor
    typed = f"{minus}{printed}{unit}"
    if 0 < abs(wanted) < Decimal("0.001"):
        with pytest.raises(NumberGrammarError):
            parse_number(typed, "triệu đồng")
    elif re.fullmatch(r"\d{1,3}\.\d{3}", printed) and unit != " đồng":
        with pytest.raises(AmbiguousNumberError):
            parse_number(typed, "triệu đồng")
    else:
        assert parse_number(typed, "triệu đồng") == wanted


@pytest.mark.parametrize("text", ["93,974", "130.316", "33.944,48", "2.000", "1.234.567", "8", "0,5", "-5,5"])
def test_what_is_read_prints_as_it_was_typed(text):
    assert format_number(parse_number(text)) == text


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("15-25", ("15", "25")),
        ("02-05", ("02", "05")),
        ("01- 02", ("01", "02")),
        ("15 – 25%", ("15", "25%")),
        ("từ 5 đến 7", ("5", "7")),
        ("5 đến 7 sản phẩm", ("5 sản phẩm", "7 sản phẩm")),
        ("1.000-2.000", ("1.000", "2.000")),
        ("ít nhất 50%", ("50%", None)),
        ("Tối thiểu 5", ("5", None)),
        ("trên 50%", ("50%", None)),
        ("từ 5 trở lên", ("5", None)),
        ("5 sản phẩm trở lên", ("5 sản phẩm", None)),
        ("không quá 7", (None, "7")),
        ("tối đa 7", (None, "7")),
        ("3-4 sao", ("3 sao", "4 sao")),
    ],
)
def test_ranges_have_two_ends(typed, ends):
    assert parse_range(typed) == ends


@pytest.mark.parametrize(
    "typed", ["5", "-5", "2.000", "5 sản phẩm", "khoảng 25", "4/12/2020", "", "từ", "15-25-35"]
)
def test_what_is_no_range_is_none(typed):
    assert parse_range(typed) is None


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from("-–—"), st.sampled_from(["", " "]))
def test_ranges_read_back(low, high, dash, space):
    for text in (f"{low}{space}{dash}{space}{high}", f"từ {low} đến {high}"):
        assert [int(end) for end in parse_range(text)] == [low, high]


@pytest.mark.parametrize(
    "typed", ["khoảng 25", "Khoảng 25", "hơn 25", "trên 25", "gần 25", "~25", "ước đạt 25"]
)
def test_words_of_a_guess_stand_before_the_number(typed):
    assert without_approximation(typed) == "25"


def test_a_number_alone_is_no_guess():
    assert without_approximation("25") is without_approximation("khoảng") is None


@given(st.dates(min_value=date(1900, 1, 1)))
def test_dates_read_back_in_each_format(day):
    assert parse_date(f"{day.day}/{day.month}/{day.year:04}") == day
    assert parse_date(f"{day:%d.%m.}{day.year:04}") == day
    assert parse_date(day.isoformat()) == parse_date(f"{day.isoformat()} 00:00:00") == day
    assert parse_date(day.isoformat().replace("-", "/")) == day
    assert parse_date(f"ngày {day:%d} tháng {day.month} năm {day.year:04}") == day
    assert parse_date(f"Ninh Phước, ngày {day.day} tháng {day:%m} năm {day.year:04}") == day


@pytest.mark.parametrize(
    "typed",
    [
        "ngày     tháng 02 năm 2024",
        "ngày … tháng … năm 20…",
        "  /12/2020",
        ".../.../2024",
        "12/2024",
        "tháng 12/2020",
        "tháng 12 năm 2020",
        "năm 2020",
    ],
)
def test_dates_with_a_part_left_open_are_known_as_such(typed):
    with pytest.raises(PartialDateError):
        parse_date(typed)


def test_a_year_of_two_digits_is_refused_as_such():
    with pytest.raises(ShortYearError):
        parse_date("4/12/20")


@pytest.mark.parametrize("typed", ["31/02/2024", "00/12/2024", "13/2024", "hôm qua", "2024", "." * 30_000])
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
        ("Nho\x07 sấy\x00\x9f", "Nho sấy"),
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
    assert not UNSTORABLE.search(clean(text))  # else one name would stop the report of the province
    assert match_key(match_key(text)) == match_key(text)
    assert fold(fold(text)) == fold(text)


def test_headers_meet_without_diacritics_and_case():
    assert fold("  XÃ / PHƯỜNG ") == fold("Xa/phuong") == "xa phuong"
    assert fold("Đơn vị tính") == "don vi tinh"


def test_y_and_i_meet_in_the_loose_key_only():
    assert loose_key("Kỹ thuật Mỹ") == loose_key("kĩ thuật Mĩ")
    assert match_key("Mỹ Lệ") != match_key("Mĩ Lệ")


@given(st.text("aăâeêiouưyđnHT \u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"))
def test_composing_is_stable_and_leaves_composed_text_alone(text):
    assert compose(compose(text)) == compose(text)
    assert unicodedata.is_normalized("NFC", compose(text))


@given(
    st.lists(st.sampled_from(["Nho sấy", "Ổi", "HỢP TÁC XÃ", "Đường thẻ", "12/QĐ-UBND", "25°C"])).map(
        " ".join
    )
)
def test_composing_undoes_decomposing(text):
    assert compose(unicodedata.normalize("NFD", text)) == compose(text) == text
