"""Text typed before Unicode: TCVN3 (ABC) and VNI fonts, which are Latin-1 codes drawn as Vietnamese letters, and cp1258.

The codes alone do not say how they are meant: 0xE3 is "ã" to Windows and "ó" to a TCVN3 font. So each reading is scored
by how many of its words are Vietnamese syllables, and what no reading explains is refused instead of guessed.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

TCVN3, TCVN3_CAPITALS, VNI, CP1258, CP1252 = "TCVN3", "TCVN3 chữ hoa", "VNI", "cp1258", "cp1252"
EVEN, LIKELY, SURE = 1, 2, 3  # how sure a reading of a cell's text is

# TCVN 5712:1993 VN3, the code of the ABC fonts (.VnTime …): one code per letter, capitals only of the bare vowels and Đ.
_TCVN3_LETTERS = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
)
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_TONES = _GRAVE + _ACUTE + _HOOK + _TILDE + _DOT
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
# VNI-Windows: a vowel followed by the mark it carries; i, y with a dot, ơ, ư and đ have codes of their own.
_VNI_MARKS = dict(zip("øùûõï", _TONES, strict=True))
_VNI_CIRCUMFLEX = {"â": _CIRCUMFLEX} | {
    mark: _CIRCUMFLEX + tone for mark, tone in zip("àáåãä", _TONES, strict=True)
}
_VNI_BREVE = {"ê": _BREVE} | {mark: _BREVE + tone for mark, tone in zip("èéúüë", _TONES, strict=True)}
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ì": "ì", "í": "í"}
_VNI_VOWELS = {"a": "a", "e": "e", "o": "o", "u": "u", "y": "y", "ô": "ơ", "ö": "ư"}


def _vni_letters() -> dict[str, str]:
    letters = {
        vowel + mark: unicodedata.normalize("NFC", meant + marks)
        for vowel, meant in _VNI_VOWELS.items()
        for mark, marks in (
            _VNI_MARKS | (_VNI_CIRCUMFLEX if vowel in "aeo" else {}) | (_VNI_BREVE if vowel == "a" else {})
        ).items()
    }
    letters |= _VNI_ALONE
    capitals = {code.upper(): letter.upper() for code, letter in letters.items()}
    # The mark behind a capital is often typed in lower case.
    mixed = {code[0].upper() + code[1:]: letter.upper() for code, letter in letters.items()}
    return letters | mixed | capitals


_VNI_LETTERS = _vni_letters()
_VNI_CODE = re.compile("|".join(sorted(_VNI_LETTERS, key=len, reverse=True)))

_WORD = re.compile(r"[A-Za-z\u00a1-\u1fff\ufffd]+")
_CAPITALS_BUT_ACCENTS = re.compile(r"[A-ZĂÂĐÊÔƠƯ]{2}")
# Letters beyond Latin-1 and accents of their own.
_UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u0300-\u0323]")
_CP1252_SIGNS = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}

_ONSET = "b|ch?|d|đ|gi|gh?|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x|"
_OPEN_RIMES = (
    "a|ai|ao|au|ay|am|an|ang|anh|ăm|ăn|ăng|âm|ân|âng|âu|ây|e|em|en|eng|eo|ê|êm|ên|"
    "ênh|êu|i|ia|im|in|inh|iu|iêm|iên|iêng|iêu|o|oa|oai|oam|oan|oang|oanh|oao|oay|oăm|"
    "oăn|oăng|oe|oen|oeo|oi|om|on|ong|oong|ô|ôi|ôm|ôn|ông|ơ|ơi|ơm|ơn|u|ua|uân|uâng|"
    "uây|ue|uê|uênh|ui|um|un|ung|uơ|uôi|uôm|uôn|uông|uy|uya|uyên|uynh|uyu|ư|ưa|ưi|ưng|"
    "ưu|ươi|ươm|ươn|ương|ươu|ăk|ak|ok|ôk"
)
_STOPPED_RIMES = (
    "ac|ach|ap|at|ăc|ăp|ăt|âc|âp|ât|ec|ep|et|êch|êp|êt|ich|ip|it|iêc|iêp|iêt|oac|oach|"
    "oap|oat|oăc|oăt|oc|ooc|op|ot|oet|ôc|ôp|ôt|ơp|ơt|uât|uc|uêch|uôc|uôt|up|ut|uych|"
    "uyt|uyp|uyêt|ưc|ưt|ươc|ươp|ươt"
)
_SYLLABLE = re.compile(rf"(?:{_ONSET})(?:{_OPEN_RIMES})|(?:[hklmstv]|qu|th)?y|(?:qu)?yê(?:m|n|ng|u)|quynh")
# A syllable that ends in a stop carries one of two tones; a wrong reading seldom gets that right.
_STOPPED = re.compile(rf"(?:{_ONSET})(?:{_STOPPED_RIMES})|(?:qu)?yêt|quyt|quych")
# The vowels of a syllable; the u of qu and the i of gi belong to its consonants.
_VOWELS = re.compile("(?:qu|gi(?=[aăâeêioôơuưy]))?[^aăâeêioôơuưy]*([aăâeêioôơuưy]+)")
# Abbreviations such as QĐ and NĐ are no syllables and speak for no reading.
_ABBREVIATION = re.compile("[BCDĐGHKLMNPQRSTVX]+")
# Words of every report: they settle what is short or has two readings ("xã" and "xó").
_COMMON_WORDS = re.compile(
    "xã|phường|huyện|tỉnh|sản|phẩm|chủ|thể|hợp|tác|quyết|định|số|năm|tổng|đơn|vị|báo|cáo|"
    "kỳ|hạng|ngày|cơ|sở|hộ|và|của|được|thực|hiện|kinh|phí|nguồn|vốn|kế|hoạch|giải|ngân|"
    "triệu|đồng|cấp|hội|nhóm|loại|hình|đã|có|tên|mã|người|lập|ghi|chú|lần|đầu|đánh|giá|"
    "kết|quả"
)
_UNEXPLAINED = (
    "chữ trong tệp không theo bảng mã nào đọc được (UTF-8, TCVN3, VNI, Windows-1258); "
    'vui lòng lưu lại từ Excel theo kiểu "CSV UTF-8" hoặc gửi tệp .xlsx'
)


class UnexplainedTextError(ValueError):
    """The bytes or codes are text in no encoding that is known here; the message is a Vietnamese sentence."""


@dataclass(frozen=True)
class DecodedText:
    """Text in NFC and the encoding it was read from: utf-8, utf-16-le, utf-16-be, TCVN3, VNI, cp1258 or cp1252."""

    text: str
    encoding: str


def decode(content: bytes) -> DecodedText:
    """The text of a .csv file. Raises UnexplainedTextError with a Vietnamese sentence.

    A byte order mark decides, then valid UTF-8; then the reading with the most Vietnamese words, the earlier of two equal
    ones in the order cp1258, cp1252, TCVN3, VNI: Windows writes the first two by itself.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            try:
                return _decoded(content[len(mark) :].decode(name), name)
            except UnicodeDecodeError as error:
                raise UnexplainedTextError(
                    f"tệp tự ghi là {name} nhưng có byte sai ở vị trí {error.start}"
                ) from error
    if b"\0" in content:
        raise UnexplainedTextError(_UNEXPLAINED)
    try:
        return _decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    codes = content.decode("latin-1").translate(_CP1252_SIGNS)
    readings = {
        CP1258: unicodedata.normalize("NFC", content.decode("cp1258", "replace")),
        CP1252: codes,
        TCVN3: to_unicode(codes, TCVN3),
        VNI: to_unicode(codes, VNI),
    }
    encoding, text = max(readings.items(), key=lambda item: _score(item[1]))
    if _is_vietnamese(text):
        return _decoded(text, encoding)
    return _decoded(_western(content), CP1252)


def to_unicode(text: str, encoding: str) -> str:
    """Text whose characters are the codes of a legacy font, as the reader of that font sees it, in NFC.

    ``encoding`` is TCVN3, TCVN3_CAPITALS (a font such as .VnTimeH that draws every letter as a capital) or VNI.
    """
    if encoding == VNI:
        return unicodedata.normalize("NFC", _VNI_CODE.sub(lambda code: _VNI_LETTERS[code[0]], text))
    read = unicodedata.normalize("NFC", text.translate(_TCVN3_LETTERS))
    if encoding == TCVN3_CAPITALS:
        return read.upper()
    if encoding != TCVN3:
        raise ValueError(f"{encoding} is not the encoding of a font")
    # The fonts have no capital with a tone: "TØNH" is meant as TỈNH, though it is drawn TỉNH.
    return _WORD.sub(lambda word: _all_capitals(word[0]), read)


def font_encoding(font: str | None) -> str | None:
    """TCVN3, TCVN3_CAPITALS or VNI for a legacy font (.VnTime, .VnTimeH, VNI-Times), None for any other."""
    name = (font or "").strip().lower()
    if name.startswith(".vn"):
        return TCVN3_CAPITALS if name.endswith("h") else TCVN3
    return VNI if name.startswith(("vni-", "vni ")) else None


def is_unicode(text: str) -> bool:
    """Whether the text has letters that only Unicode has: it has been converted already, whatever its font says."""
    return bool(_UNICODE_ONLY.search(text))


@lru_cache(maxsize=50_000)
def legacy_reading(text: str, font: str | None = None) -> tuple[str | None, int]:
    """The encoding a cell's text seems to be typed in and how sure that is; (None, 0) where Unicode explains it better.

    ``font`` is the encoding of the cell's font when that is a legacy one. SURE: as it stands the text is not Vietnamese
    and read so it is. LIKELY: the same, but too short to be sure without a font. EVEN: both readings are Vietnamese.
    """
    now = _score(unicodedata.normalize("NFC", text))
    readings = {
        encoding: _score(read)
        for encoding in ((font,) if font else (TCVN3, VNI))
        if (read := to_unicode(text, encoding)) != text
    }
    if not readings:
        return None, 0
    encoding, then = max(readings.items(), key=lambda item: item[1])
    if not now.wrong:
        return (encoding, EVEN) if then.right and not then.wrong else (None, 0)
    if font:
        return (encoding, SURE) if then.net > now.net else (None, 0)
    if now.net >= 0 or then.right <= 2 * then.wrong:
        return (encoding, LIKELY) if not then.wrong else (None, 0)
    return encoding, SURE if then.common or then.long > 1 else LIKELY


def _all_capitals(word: str) -> str:
    if not _CAPITALS_BUT_ACCENTS.search(word) or any(c.islower() and c.isascii() for c in word):
        return word
    return word.upper()


def _decoded(text: str, encoding: str) -> DecodedText:
    return DecodedText(unicodedata.normalize("NFC", text), encoding)


def _western(content: bytes) -> str:
    """Text in another Latin script, such as French names; binary rubbish and other scripts are refused."""
    import charset_normalizer

    best = charset_normalizer.from_bytes(content, cp_isolation=[CP1252]).best()
    if best is None:
        raise UnexplainedTextError(_UNEXPLAINED)
    return str(best)


class _Score(NamedTuple):
    """Words with letters outside ASCII; greater is more Vietnamese."""

    net: int  # right ones minus wrong ones
    common: int  # right ones of every report
    long: int  # different right ones of more than one letter: "×" and "µ" are letters to a font
    right: int
    wrong: int


def _score(text: str) -> _Score:
    words = [w for w in _WORD.findall(text) if not w.isascii() and not _ABBREVIATION.fullmatch(w)]
    right = [word.lower() for word in words if _is_syllable(word)]
    wrong = len(words) - len(right)
    common = sum(bool(_COMMON_WORDS.fullmatch(word)) for word in right)
    return _Score(len(right) - wrong, common, len({w for w in right if len(w) > 1}), len(right), wrong)


def _is_vietnamese(text: str) -> bool:
    """Most words with letters outside ASCII are Vietnamese; a few names of other peoples do no harm."""
    return _score(text).net > 0


@lru_cache(maxsize=50_000)
def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    letters, tones = [], []
    for letter in word.lower():
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(c for c in parts if c in _TONES)
        if tone:
            tones.append((len(letters), tone))
        letters.append(unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else letter)
    bare = "".join(letters)
    stopped = _STOPPED.fullmatch(bare)
    if len(tones) > 1 or not (stopped or _SYLLABLE.fullmatch(bare)):
        return False
    if not tones:
        return not stopped
    ((place, tone),) = tones
    return place in _tone_places(bare) and not (stopped and tone not in (_ACUTE, _DOT))


def _tone_places(bare: str) -> tuple[int, ...]:
    """Where in a syllable its tone may stand: on ê of "tiếng", on o or a of "hoa"."""
    found = _VOWELS.match(bare)
    first, vowels = found.start(1), found[1]
    shaped = [place for place, vowel in enumerate(vowels, first) if vowel in "ăâêôơư"]
    if shaped:
        return (shaped[-1],)
    if len(vowels) == 3:
        return (first + 1,)
    if len(vowels) == 2 and first + 2 < len(bare):  # a consonant follows
        return (first + 1,)
    return (first, first + 1) if vowels in ("oa", "oe", "uy") else (first,)
