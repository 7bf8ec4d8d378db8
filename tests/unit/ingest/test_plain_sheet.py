"""The short way counts what the long way counts, or leaves the sheet to it."""

import io
import shutil
import subprocess
import zipfile
from xml.parsers.expat import ExpatError

import districts
import hostile
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import look_xlsx, plain_sheet
from ingest.package_xml import stream
from ingest.second_look import DamagedPackageError, SheetCensus
from pipeline.settings import PROJECT

SAMPLES = sorted(PROJECT.glob("samples/**/*.xlsx"))
FORMATS = {1: "%", 2: "0000"}


def both_ways(sheet: bytes, empty=frozenset({3})):
    """The census of the short way (None when it declines) and of the long way (None when it refuses)."""
    short, long = SheetCensus("x"), SheetCensus("x")
    refusal = None
    try:
        is_plain = plain_sheet.count_plain(sheet, short, set(empty), FORMATS, look_xlsx.shown_number)
    except ValueError as error:  # a number that is none: the long way must refuse it, too
        is_plain, refusal = False, error
    counter = look_xlsx._Counter(long, set(empty), FORMATS)
    try:
        stream(sheet, counter.start, counter.data, counter.end)
    except (DamagedPackageError, ValueError, ExpatError):
        long = None
    assert refusal is None or long is None
    return short if is_plain else None, long


def sheets(content: bytes):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if "worksheets/sheet" in name and name.endswith(".xml"):
                yield name, package.read(name)


def assert_all_plain(content: bytes) -> None:
    for name, xml in sheets(content):
        short, long = both_ways(xml)
        assert short is not None, name
        assert short == long, name


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_plain_and_counted_alike(path):
    if zipfile.is_zipfile(path):
        assert_all_plain(path.read_bytes())


@pytest.mark.parametrize("fault", sorted(districts.FAULTS))
def test_faulty_workbooks_are_counted_alike(fault, tmp_path):
    assert_all_plain(districts.make(tmp_path, fault=fault).read_bytes())


def test_shared_texts_are_counted_alike():
    assert_all_plain(hostile.good_with_shared_texts())


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_what_libreoffice_writes_is_plain(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(hostile.good())
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    command += ["--outdir", str(tmp_path / "out"), str(tmp_path / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    content = (tmp_path / "out" / "a.xlsx").read_bytes()
    assert_all_plain(content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert plain_sheet.empty_texts(package.read("xl/sharedStrings.xml")) is not None


TEXTS = st.sampled_from(
    [
        "",
        " ",
        "&#160;",
        "&#32;&#10;",
        "&#273;",
        "a",
        " a &amp; b ",
        "\u00a0",
        "Đ",
        "0",
        "1.5",
        "3",
        "4",
        "1E-2",
    ]
)
KINDS = st.sampled_from(["", ' t="n"', ' t="s"', ' t="str"', ' t="inlineStr"', ' t="e"', ' t="b"'])
INSIDE = st.one_of(
    st.just(""),
    TEXTS.map("<v>{}</v>".format),
    st.just("<v/>"),
    TEXTS.map("<f>A1+{}</f>".format),
    st.tuples(TEXTS, TEXTS).map(lambda t: "<f>A1&amp;{}</f><v>{}</v>".format(*t)),
    st.just('<f t="shared" si="0"/><v/>'),
    TEXTS.map("<is><t>{}</t></is>".format),
    TEXTS.map('<is><t xml:space="preserve">{}</t></is>'.format),
    TEXTS.map("<is><r><t>{}</t></r></is>".format),
    TEXTS.map("<v>{}</v><!-- a -->".format),
)
CELL = st.builds(
    lambda column, row, style, kind, inside: f'<c r="{column}{row}"{style}{kind}>{inside}</c>',
    st.sampled_from(["A", "C", "AB"]), st.sampled_from([1, 2, 77]), st.sampled_from(["", ' s="1"', ' s="2"', ' s="3"']),
    KINDS, INSIDE,
)  # fmt: skip
BLANK = st.sampled_from(['<c r="XFD1048576" s="4"/>', '<c r="B2"/>', "<c/>", '<c s="1" r="A1"/>'])
ROW = st.builds(
    lambda start, cells: f"{start}{''.join(cells)}</row>",
    st.sampled_from(['<row r="1">', '<row r="2" hidden="1" ht="3">', '<row r="77" hidden="true">', "<row>"]),
    st.lists(st.one_of(CELL, BLANK), max_size=4),
)
AFTER = st.sampled_from(
    ["", '<mergeCells><mergeCell ref="A1:C3"/><mergeCell ref="B9"/></mergeCells>', "<extLst><c/></extLst>"]
)


@example(['<row r="1"><c r="A1" s="1"><v>&#273;</v></c></row>'], "")
@given(st.lists(ROW, max_size=4), AFTER)
def test_the_short_way_never_differs(rows, after):
    sheet = f"<worksheet><cols/><sheetData>{''.join(rows)}</sheetData>{after}</worksheet>".encode()
    short, long = both_ways(sheet)
    if short is not None and long is not None:
        assert short == long


@pytest.mark.parametrize(
    "odd",
    [
        b'<c t="s" r="A1"><v>1</v></c>',
        b'<c r="A1"><is><r><t>x</t></r></is></c>',
        b'<c r="A1"><v>1</v><extLst/></c>',
        b'<x:c r="A1"><v>1</v></x:c>',
        b'<c r="A1"><v><![CDATA[1]]></v></c>',
        b'<c r="A1" cm="1"><v>1</v></c>',
        b"<c><v>1</v></c>",
        b'<c r="A1"><v>1</v></c>\n',
    ],
)
def test_anything_else_goes_the_long_way(odd):
    assert (
        both_ways(b'<worksheet><sheetData><row r="1">' + odd + b"</row></sheetData></worksheet>")[0] is None
    )


@given(st.lists(TEXTS, max_size=8))
def test_empty_shared_texts_are_the_same_both_ways(texts):
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    shared = f'<?xml version="1.0" encoding="UTF-8"?><sst xmlns="x" count="2">{items}</sst>'.encode()
    numbers = plain_sheet.empty_texts(shared)
    assert numbers == {n for n, text in enumerate(texts) if not plain_sheet._read(text.encode()).strip()}
