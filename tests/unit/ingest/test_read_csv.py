"""A text file of one form: any usual separator and quoting, the form its titles name, or a named refusal."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.read_csv import read_form
from ingest.second_look import DamagedPackageError
from ingest.sender import Hint
from ingest.validate import judge_file

HEADER = ["Năm kinh phí", "Nguồn vốn", "Kế hoạch (triệu đồng)", "Giải ngân:", "Ghi chú"]
HINT = Hint("587", "2024H2")


def judged(path, content: bytes | str, name: str = "a.csv", hint: Hint = HINT):
    (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return judge_file(path / name, "58", hint)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_line_ends_and_quotes(tmp_path, separator, end):
    note = 'tem, nhãn; "Ba Mọi"\nđợt 2'
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator, lineterminator=end)
    writer.writerow(["KINH PHÍ", "", "", "", ""])
    writer.writerow(HEADER)
    writer.writerow(["2024", "NSTW", "93,974", "1.234,5", note])
    judgement = judged(tmp_path, b"\xef\xbb\xbf" + stream.getvalue().encode())
    (row,) = judgement.tables["funding"]
    assert judgement.verdict == "accepted"
    assert (str(row["planned_amount_vnd_million"]), str(row["disbursed_amount_vnd_million"])) == (
        "93.974",
        "1234.500",
    )
    assert (row["note"], row["_row_number"]) == ('tem, nhãn; "Ba Mọi" đợt 2', 3)
    assert list(judgement.tables) == ["funding"]


def test_a_line_that_names_the_separator_is_taken_at_its_word(tmp_path):
    judgement = judged(tmp_path, "sep=|\r\nNăm kinh phí|Nguồn vốn|Kế hoạch\r\n2024|NSTW|5\r\n")
    assert [r["_row_number"] for r in judgement.tables["funding"]] == [2]


def test_without_folder_and_name_nobody_knows_whose_it_is(tmp_path):
    text = "Năm kinh phí;Nguồn vốn;Kế hoạch\n2024;NSTW;5\n"
    assert [i.rule_id for i in judged(tmp_path, text, hint=Hint()).issues] == ["FILE-13"]
    assert "kỳ nào" in judged(tmp_path, text, hint=Hint("587")).issues[0].message
    contradiction = judged(tmp_path, text, hint=Hint("587", "2024H2", "585"))
    assert (contradiction.verdict, contradiction.issues[0].rule_id) == ("refused", "FILE-11")
    assert contradiction.identity.unit.code == "587"
    assert judged(tmp_path, text, hint=Hint("587", "2026H1")).issues[0].rule_id == "FILE-07"


def test_a_conversion_is_said(tmp_path):
    text = "Năm kinh phí;Nguồn vốn;Kế hoạch;Ghi chú\n2024;Ngân sách trung ương;5;Hỗ trợ nhãn hiệu cho hợp tác xã\n"
    for encoding, letters in (("cp1258", _decomposed(text)), ("utf-16", text)):
        judgement = judged(tmp_path, letters.encode(encoding))
        assert judgement.tables["funding"][0]["note"] == "Hỗ trợ nhãn hiệu cho hợp tác xã"
        said = [i.rule_id for i in judgement.issues if i.rule_id == "FILE-10"]
        assert said == (["FILE-10"] if encoding == "cp1258" else [])


def _decomposed(text: str) -> str:
    """Tone marks behind their letters, as cp1258 has them; â, ê, ô, ă, ơ, ư are letters of their own."""
    import unicodedata

    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    result = ""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(p for p in parts if p in tones)
        result += unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones)) + tone
    return result


def test_titles_of_two_forms_are_settled_by_the_name_or_refused(tmp_path):
    text = "Tên sản phẩm,Chủ thể,Số quyết định\nNho,HTX,1\n"
    assert read_form(text, "587-san-pham.csv")[0].name == "product"
    assert read_form(text, "587 Phân hạng.csv")[0].name == "rating"
    with pytest.raises(DamagedPackageError, match="Sản phẩm, Phân hạng"):
        read_form(text, "587.csv")


@pytest.mark.parametrize(
    "text",
    [
        "Bảng lương;tháng 12\nA;5\n",
        "",
        'Năm kinh phí;Nguồn vốn;Kế hoạch\n2024;"NSTW;5\n',
        '"Năm kinh phí" x;Nguồn vốn;Kế hoạch\n',
    ],
)
def test_what_is_no_form_or_broken_is_refused_by_cause(tmp_path, text):
    judgement = judged(tmp_path, text)
    assert (judgement.verdict, [i.rule_id for i in judgement.issues]) == ("unreadable", ["FILE-01"])


def test_a_header_without_rows_is_an_unfilled_form(tmp_path):
    found = [i.rule_id for i in judged(tmp_path, "Năm kinh phí;Nguồn vốn;Kế hoạch\n").issues]
    assert found == ["SHEET-04", "FILE-03"]


def test_a_million_empty_columns_cost_nothing(tmp_path):
    text = "Năm kinh phí;Nguồn vốn;Kế hoạch" + ";" * 1_000_000 + "\n2024;NSTW;5\n" + ";;\n" * 1000
    assert judged(tmp_path, text).verdict == "accepted"


@given(
    st.lists(st.lists(st.text("aÂ ,;|\t\"\n'", max_size=6), min_size=1, max_size=4), max_size=6),
    st.sampled_from(",;\t|"),
)
def test_both_ways_of_counting_agree_on_whatever_a_program_writes(rows, separator):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=separator)
    writer.writerows([["Năm kinh phí", "Nguồn vốn", "Nội dung chi", "Kế hoạch"], *rows])
    _, grid, counted = read_form(stream.getvalue(), "a.csv")
    assert counted.filled_count == sum(bool(cell.strip()) for row in grid for cell in row)
    assert counted.filled_count == 4 + sum(bool(cell.strip()) for row in rows for cell in row)
