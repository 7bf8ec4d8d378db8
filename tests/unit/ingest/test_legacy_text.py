"""Text of legacy fonts and code pages: complete tables, one decision, refusal of what nothing explains."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from legacy_fonts import cp1258_bytes, from_unicode

from ingest.legacy_text import (
    TCVN3,
    TCVN3_CAPITALS,
    VNI,
    DecodedText,
    UnexplainedTextError,
    decode,
    to_unicode,
)

_SMALL = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_TEXT = "Tên sản phẩm;Chủ thể;Số quyết định\nNho sấy Phước Dân;Hợp tác xã Thái An;12/QĐ-UBND\n"


def test_the_letters_tried_are_all_there_are():
    assert len(set(_SMALL)) == len(_SMALL) == 67


@pytest.mark.parametrize("letter", _SMALL + _SMALL.upper())
def test_every_letter_survives_vni(letter):
    assert to_unicode(from_unicode(letter, VNI), VNI) == letter


@pytest.mark.parametrize("letter", _SMALL + "ĂÂÊÔƠƯĐ")
def test_every_letter_that_tcvn3_has_survives_it(letter):
    assert to_unicode(from_unicode(letter, TCVN3), TCVN3) == letter


@pytest.mark.parametrize("letter", _SMALL.upper())
def test_a_font_of_capitals_draws_every_code_as_a_capital(letter):
    assert to_unicode(from_unicode(letter.lower(), TCVN3), TCVN3_CAPITALS) == letter


@pytest.mark.parametrize("letter", _SMALL + _SMALL.upper())
def test_every_letter_survives_cp1258(letter):
    assert decode(cp1258_bytes(f"{_TEXT}{letter}")).text == f"{_TEXT}{letter}"


_LETTERS = "abcdeghiklmnopqrstuvxy" + _SMALL
_words = st.text(_LETTERS, min_size=1, max_size=7)
_vietnamese = st.lists(
    st.one_of(
        _words,
        _words.map(str.capitalize),
        _words.map(str.upper),
        st.sampled_from(["12/QĐ-UBND", "1.234,5", "–", "“Nho”"]),
    )
).map(" ".join)


@given(_vietnamese)
@example("Uỷ ban nhân dân tỉnh KHÁNH HOÀ")
def test_what_is_typed_in_vni_reads_back(text):
    for form in ("NFC", "NFD"):
        assert to_unicode(from_unicode(unicodedata.normalize(form, text), VNI), VNI) == text


@given(st.lists(st.one_of(_words, _words.map(lambda word: f"TP{word.upper()}"))).map(" ".join))
@example("HTX Nho Phước Dân TỈNH THUẬN")
def test_what_is_typed_in_tcvn3_reads_back(text):
    assert to_unicode(from_unicode(text, TCVN3), TCVN3) == text


def test_a_mark_in_lower_case_behind_a_capital_is_read():
    assert to_unicode("Aán Ñoä, Quyeát ñònh", VNI) == "Ấn Độ, Quyết định"


def test_a_word_of_capitals_gets_its_accents_as_capitals():
    assert to_unicode("UBND TØNH NINH THUËN, HTX Hµ", TCVN3) == "UBND TỈNH NINH THUẬN, HTX Hà"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (_TEXT.encode(), "utf-8"),
        (_TEXT.encode("utf-8-sig"), "utf-8"),
        (unicodedata.normalize("NFD", _TEXT).encode(), "utf-8"),
        (b"\xff\xfe" + _TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + _TEXT.encode("utf-16-be"), "utf-16-be"),
        (from_unicode(_TEXT, TCVN3).encode("latin-1"), "TCVN3"),
        (from_unicode(_TEXT, VNI).encode("cp1252"), "VNI"),
        (cp1258_bytes(_TEXT), "cp1258"),
        ("Pâté Müller – Crème brûlée, château à Besançon, forêt française".encode("cp1252"), "cp1252"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding_of_a_file_is_recognised(content, encoding):
    decoded = decode(content)
    assert decoded.encoding == encoding
    if encoding != "cp1252" and content:
        assert decoded.text == _TEXT


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("sản phẩm", VNI), ("sản phẩm", TCVN3), ("Quyết định số 5", VNI), ("Quyết định số 5", TCVN3)],
)
def test_two_words_are_enough(text, encoding):
    content = from_unicode(text, encoding).encode("latin-1")
    decoded = decode(content)
    assert (decoded.text, decoded.encoding) == (text, encoding)


def test_codes_with_several_readings_are_decided_by_the_words_of_reports_then_by_an_order():
    # Three syllables in one byte: "Xă" in cp1258, "Xã" in cp1252, "Xó" in TCVN3.
    assert decode(b"X\xe3").text == "Xã"
    # "bá" and "bỏ" are equally good words: what Windows writes by itself goes first.
    assert decode(b"b\xe1") == DecodedText("bá", "cp1258")


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(128, 256)),
        bytes(range(128, 256)) * 3,
        "产品名称;合作社;决定".encode("gbk"),
        b"\xff\xfeT\x00\xea",
        "Sản phẩm".encode()[:-1] + b"\xff\xff\xff",
    ],
)
def test_what_nothing_explains_is_refused_with_a_sentence(content):
    with pytest.raises(UnexplainedTextError, match="tệp"):
        decode(content)
