"""Vietnamese text as old fonts and code pages hold it: the inverse of ingest.legacy_text, for tests alone."""

from __future__ import annotations

import re
import unicodedata

from ingest.legacy_text import TCVN3, VNI

_SMALL = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
# The tables as UniKey prints them, in the order of _SMALL; written a second time so that a slip in one of them shows.
_TCVN3 = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ"
_VNI = re.findall(
    r"\S+",
    "aø aù aû aõ aï aê aè aé aú aü aë aâ aà aá aå aã aä ñ eø eù eû eõ eï eâ eà eá eå eã eä ì "
    "í æ ó ò oø où oû oõ oï oâ oà oá oå oã oä ô ôø ôù ôû ôõ ôï uø uù uû uõ uï ö öø öù öû "
    "öõ öï yø yù yû yõ î ",
)
_CODES = {
    VNI: dict(zip(_SMALL, _VNI, strict=True))
    | dict(zip(_SMALL.upper(), (code.upper() for code in _VNI), strict=True)),
    # Without capitals of their own, letters with a tone are typed as small ones.
    TCVN3: dict(zip(_SMALL.upper(), _TCVN3, strict=True))
    | dict(zip(_SMALL, _TCVN3, strict=True))
    | dict(zip("ĂÂÊÔƠƯĐ", "¡¢£¤¥¦§", strict=True)),
}


def from_unicode(text: str, encoding: str) -> str:
    """The codes to type in a font of TCVN3 or VNI to see this text."""
    return unicodedata.normalize("NFC", text).translate({ord(k): v for k, v in _CODES[encoding].items()})


def cp1258_bytes(text: str) -> bytes:
    """The text as Windows-1258 writes it: letters it has, tones behind letters it has not composed."""
    return b"".join(_cp1258(letter) for letter in unicodedata.normalize("NFC", text))


def _cp1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tone = next(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        return unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
