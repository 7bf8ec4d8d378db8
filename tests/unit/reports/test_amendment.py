"""The amended report: what changed against the released one and why, in its frozen copy and on paper."""

import json
from decimal import Decimal

import duckdb
import pytest
from docx import Document
from openpyxl import load_workbook

from reports import definition
from reports.freeze import freeze
from reports.proof import prove
from reports.render import file_names, print_again
from reports.seal import seal, verify
from reports.trace import trace

PERIOD = "2024H2"
NEW, OLD = "2024H2-585-aaaaaaaaaaaa", "2024H2-587-0123456789ab"
# Ninh Sơn, held so far, sends; its money comes to what was there, a product of its own to the list.
LATE = f"""
insert into fct_submission values
    ('{NEW}', '585', '{PERIOD}', 'ninh-son.xlsx', 'accepted', true, '2025-01-10 02:30:00+00', 2);
insert into int_ministry__evidence values
    ('{PERIOD}', 'funding_by_source', 'NSTW-1', 'disbursed_amount_vnd_million', 'sum', 'line 5', 100, '{NEW}',
     'Kinh phí', 5, 'disbursed_amount_vnd_million', []),
    ('{PERIOD}', 'funding_by_source', 'NSTW-total', 'disbursed_amount_vnd_million', 'sum', 'line 5', 100, '{NEW}',
     'Kinh phí', 5, 'disbursed_amount_vnd_million', []);
update rpt_ministry__funding_by_source set disbursed_amount_vnd_million = disbursed_amount_vnd_million + 100
    where row_code in ('NSTW-1', 'NSTW-total', 'total');
update rpt_ministry__submission_status
    set submission_status_name = 'Đã nhận', submission_status_code = 'received', warning_count = 0 where row_code = '585';
insert into rpt_ministry__activity_promotion values
    ('{PERIOD}', 1, 'fair', 'Hội chợ', 'done', 'Đã thực hiện', '2024', 3, false, 'hội chợ', null, false, null, false, null,
     null, 1, 1, 0, null);
delete from rpt_ministry__conflict;
"""
HOLD = f"""
insert into fct_decision values
    (1, 'hold', '{OLD}', null, '587', '{PERIOD}', null, null, null, null, null, null, 'Nguyễn Thị Kiểm',
     'đối chiếu lại', '2025-01-09 01:00:00+00');
update fct_submission set is_in_force = false where submission_id = '{OLD}';
update rpt_ministry__funding_by_source set disbursed_amount_vnd_million = null
    where row_code in ('NSTW-1', 'NSTW-total', 'total');
delete from int_ministry__evidence where table_code = 'funding_by_source';
insert into fct_submission values
    ('2024H2-588-bbbbbbbbbbbb', '588', '{PERIOD}', 'thuan-bac.xlsx', 'accepted', true, '2025-01-08 02:30:00+00', 1);
"""
ALIAS = """
insert into fct_decision values
    (1, 'alias', null, null, null, null, 'producer', 'Ba Mọi', 'CSSX Ba Mọi', null, null, null, 'Nguyễn Thị Kiểm',
     'một cơ sở', '2025-01-09 01:00:00+00');
update rpt_ministry__star_by_unit set valid_count = 2 where row_code = '587';
"""
OTHER_FIGURE = "update rpt_ministry__headline set value = 26 where row_code = 'funding_disbursed_other'"


@pytest.fixture
def amend(release, published, inputs, change, pass_gate, signed_at):
    """Seal the report, change what is published, freeze the amended report: its directory."""
    seal(release, "Nguyễn Văn A", "", signed_at)

    def run(sql, **other_inputs):
        change(sql)
        known = inputs | {"known_at": "2025-01-15T15:00:00+00:00"} | other_inputs
        directory = freeze(published, release.parent, PERIOD, known).directory
        pass_gate(directory)
        return directory

    return run


def changes(directory):
    """What the annex says, by row code, and the causes as (name, subject, revision, moment, detail)."""
    with duckdb.connect(str(directory / "ocop.duckdb"), read_only=True) as con:
        told = con.execute(
            "select row_code, place_name, row_name, column_name, old_value, new_value, change_text, cause_numbers "
            "from rpt_ministry__amendment order by row_no"
        ).fetchall()
        causes = con.execute(
            "select cause_name, subject_name, revision_no, happened_at, detail from rpt_ministry__amendment_cause "
            "order by row_no"
        ).fetchall()
    return {row[0]: row[1:] for row in told}, causes


def test_every_change_is_told_with_both_values_and_its_cause(amend):
    told, causes = changes(amend(LATE))
    assert causes == [
        (
            "Báo cáo nhận thêm", "Huyện Ninh Sơn, 6 tháng cuối năm 2024", 2, "10/01/2025 09:30", "Tệp ninh-son.xlsx",
        )
    ]  # fmt: skip
    content = "Đề án, kế hoạch, tư vấn"
    assert told == {
        "submission_status:585:submission_status_name": (
            "Bảng 1", "Huyện Ninh Sơn", "Tình trạng", None, None, "“Đang tạm giữ để xác minh” thành “Đã nhận”", "1",
        ),
        "submission_status:585:warning_count": (
            "Bảng 1", "Huyện Ninh Sơn", "Số cảnh báo", None, 0, "Trước chưa có số liệu", "1",
        ),
        "funding_by_source:NSTW-1:disbursed_amount_vnd_million": (
            "Bảng 12", f"Ngân sách trung ương, {content}", "Giải ngân", Decimal("1390.029"), Decimal("1490.029"), None, "1",
        ),
        "funding_by_source:NSTW-total:disbursed_amount_vnd_million": (
            "Bảng 12", "Ngân sách trung ương, Cộng", "Giải ngân", Decimal("1390.029"), Decimal("1490.029"), None, "1",
        ),
        "funding_by_source:total:disbursed_amount_vnd_million": (
            "Bảng 12", "Tổng cộng", "Giải ngân", Decimal("1415.029"), Decimal("1515.029"), None, "1",
        ),
        "activity_promotion:fair:row": (
            "Bảng 15", "Hội chợ, Đã thực hiện, 2024, hội chợ", None, None, None,
            "Thêm dòng: Số lượng 3; Số đơn vị báo cáo 1", "1",
        ),
        "conflict:1:row": (
            "Bảng 21", "Huyện Ninh Phước, Kinh phí đã giải ngân, Số trên trang Bìa và số cộng từ các dòng", None, None,
            None, "Bỏ dòng: Giá trị thứ nhất 345; Giá trị thứ hai 342; Đơn vị tính triệu đồng", "1",
        ),
    }  # fmt: skip


def test_a_hold_is_the_cause_and_not_what_arrived_beside_it(amend):
    told, causes = changes(amend(HOLD))
    assert [cause[0] for cause in causes] == ["Báo cáo nhận thêm", "Tạm giữ báo cáo để xác minh"]
    assert causes[1][1:] == ("Huyện Ninh Phước", None, "09/01/2025 08:00", "Nguyễn Thị Kiểm: đối chiếu lại")
    *_, old, new, text, cause = told["funding_by_source:NSTW-1:disbursed_amount_vnd_million"]
    assert (old, new, text, cause) == (Decimal("1390.029"), None, "Nay chưa có số liệu", "2")


def test_an_alias_is_the_cause_where_the_same_submissions_stand_behind(amend):
    told, causes = changes(amend(ALIAS))
    assert causes == [
        (
            "Gộp hai cách ghi tên",
            "Ba Mọi – CSSX Ba Mọi",
            None,
            "09/01/2025 08:00",
            "Nguyễn Thị Kiểm: một cơ sở",
        )
    ]
    assert told["star_by_unit:587:valid_count"][-4:] == (3, 2, None, "1")


def test_other_software_is_named_where_nothing_else_changed(amend):
    told, causes = changes(amend(OTHER_FIGURE, git_commit="1" * 40))
    assert causes == [
        (
            "Cách tính hoặc cách trình bày thay đổi theo phiên bản phần mềm", None, None, None,
            "000000000000 thay bằng 111111111111",
        )
    ]  # fmt: skip
    assert told["headline:funding_disbursed_other:value"][-4:] == (25, 26, None, "1")


def test_the_amended_report_says_what_it_amends_and_is_proven(amend, render_again):
    directory = amend(LATE)
    render_again(directory)
    assert prove(directory, PERIOD) == []
    document, workbook = (directory / name for name in file_names(PERIOD))
    word = Document(str(document))
    texts = [" ".join(p.text.split()) for p in word.paragraphs]
    assert any(
        t.startswith("Điều chỉnh lần 1 Báo cáo số /BC-SNNPTNT phát hành ngày 21/12/2024 về kết quả")
        for t in texts
    )
    assert any("Báo cáo này thay Báo cáo phát hành ngày 21/12/2024" in t for t in texts)
    report = definition.load(occasions=["amended"])
    annex = report.annex_number_of("amendment")
    assert (
        texts[texts.index(f"Phụ lục {annex}") + 1]
        == "SỐ LIỆU THAY ĐỔI SO VỚI BÁO CÁO PHÁT HÀNH NGÀY 21/12/2024"
    )
    assert len(word.sections) == 1 + len(report.annexes)
    sheets = load_workbook(workbook)
    assert sheets.sheetnames[-2:] == ["Nguyên nhân điều chỉnh", "Nội dung điều chỉnh"]
    assert [1390.029, 1490.029] in [[row[4], row[5]] for row in sheets["Nội dung điều chỉnh"].values]


def test_a_value_of_the_annex_leads_to_its_cells_in_the_copy_it_is_from(amend):
    database = amend(LATE) / "ocop.duckdb"
    row = "funding_by_source:NSTW-1:disbursed_amount_vnd_million"
    old, new = (trace(database, "amendment", row, f"{which}_value", PERIOD) for which in ("old", "new"))
    assert old["about"] == new["about"] == row.replace(":", "/")
    assert (old["value"], new["value"]) == (Decimal("1390.029"), Decimal("1490.029"))
    assert NEW not in {cell["submission_id"] for cell in old["cells"]}
    assert NEW in {cell["submission_id"] for cell in new["cells"]}
    # a line that came, a word, a cause
    for table, code, column, reason in [
        ("amendment", "activity_promotion:fair:row", "new_value", "words"),
        ("amendment", row, "row_name", "words"),
        ("amendment", "submission_status:585:warning_count", "new_value", "register"),
        ("amendment_cause", "1", "revision_no", "register"),
    ]:
        assert trace(database, table, code, column, PERIOD)["reason"] == reason


def test_an_annex_altered_by_hand_is_named(amend, render_again):
    directory = amend(LATE)
    document, _ = render_again(directory)
    word = Document(str(document))
    cell = next(cell for row in word.tables[-1].rows for cell in row.cells if cell.text == "1.490,029")
    cell.paragraphs[0].runs[0].text = "1.590,029"
    word.save(str(document))
    (difference,) = prove(directory, PERIOD)
    assert "table amendment, row funding_by_source:NSTW-1:disbursed_amount_vnd_million" in difference


def test_the_same_change_is_printed_in_the_same_bytes(amend, published, inputs, release, tmp_path, pass_gate):
    directory = amend(LATE)
    first = [path.read_bytes() for path in print_again(directory, PERIOD, tmp_path)]
    known = inputs | {"known_at": "2025-01-15T15:00:00+00:00"}
    assert freeze(published, release.parent, PERIOD, known).directory == directory
    assert [path.read_bytes() for path in print_again(directory, PERIOD, tmp_path)] == first


def test_a_second_amendment_stands_against_the_first(amend, release, render_again, signed_at):
    directory = amend(LATE)
    render_again(directory)
    seal(directory, "Nguyễn Văn A", "", signed_at.replace(year=2025))
    again = amend(OTHER_FIGURE, known_at="2026-01-15T15:00:00+00:00")
    assert again.name == "dieu-chinh-2"
    manifest = json.loads((again / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["amends"]["release"] == "2024H2/dieu-chinh-1"
    told, causes = changes(again)
    assert list(told) == ["headline:funding_disbursed_other:value"]
    assert causes == []
    render_again(again)
    assert prove(again, PERIOD) == []
    document = Document(str(again / file_names(PERIOD)[0]))
    assert any(
        "thay Báo cáo điều chỉnh lần 1 phát hành ngày 21/12/2025" in p.text for p in document.paragraphs
    )
    title = next(p.text for p in document.paragraphs if p.text.startswith("Điều chỉnh lần 2"))
    assert "phát hành ngày 21/12/2025 (điều chỉnh lần 1) về kết quả thực hiện" in title
    seal(again, "Nguyễn Văn A", "", signed_at.replace(year=2026))
    assert verify(release.parent) == []
    for path in sorted(again.iterdir()):
        before = path.read_bytes()
        path.write_bytes(before + b" ")
        assert f"2024H2/dieu-chinh-2/{path.name}" in " ".join(verify(release.parent)), path
        path.write_bytes(before)


def test_what_a_report_sent_again_says_as_before_is_no_cause(amend):
    """Ninh Phước sends again with one more product and the same money; the money of Ninh Sơn is the late one's."""
    again = "2024H2-587-cccccccccccc"
    sent_again = f"""
    insert into fct_submission select * replace ('{again}' as submission_id, 3 as revision_no,
        '2025-01-11 02:30:00+00'::timestamptz as received_at) from fct_submission where submission_id = '{OLD}';
    update fct_submission set is_in_force = false where submission_id = '{OLD}';
    update int_ministry__evidence set _submission_id = '{again}' where _submission_id = '{OLD}';
    insert into int_ministry__evidence select * replace ('another' as evidence_key) from int_ministry__evidence
        where table_code = 'star_by_unit' and row_code = '587' and column_code = 'valid_count' limit 1;
    update rpt_ministry__star_by_unit set valid_count = valid_count + 1 where row_code in ('587', 'total');
    update rpt_ministry__headline set value = value + 1 where row_code = 'received_unit';
    """
    told, causes = changes(amend(LATE + sent_again))
    assert [name for name, *_ in causes] == ["Báo cáo nhận thêm", "Báo cáo gửi lại, thay báo cáo trước"]
    assert told["funding_by_source:NSTW-1:disbursed_amount_vnd_million"][-1] == "1"
    assert told["star_by_unit:587:valid_count"][-1] == "2"
    assert told["headline:received_unit:value"][-1] == "1"
