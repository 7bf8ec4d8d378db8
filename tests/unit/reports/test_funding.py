"""What section 7 says of the money: known, unknown, nothing, an estimate, and how much of the plan was spent."""

import pytest
from docx import Document
from docx.oxml.ns import qn
from report_warehouse import PERIOD

from reports import definition, sentences
from reports.frozen import ReportError, open_frozen
from reports.proof import prove
from reports.render import render

PLAN = """
update rpt_ministry__headline set value = 2000 where row_code = 'funding_planned';
update rpt_ministry__funding_by_content set planned_amount_vnd_million = 2000, disbursed_share_pct = 70.8
    where row_code = 'total';
update rpt_ministry__funding_by_source set planned_amount_vnd_million = 300 where row_code = 'NSTW-4';
update rpt_ministry__funding_by_source set planned_amount_vnd_million = 200, disbursed_amount_vnd_million = null
    where row_code = 'TU_HUY_DONG-1';
"""


@pytest.fixture
def told(freeze_and_pass, change):
    """The paragraphs of the section after a change of the warehouse."""

    def run(sql: str = "") -> list[str]:
        change(sql)
        with open_frozen(freeze_and_pass(), PERIOD) as frozen:
            report = definition.load()
            return sentences.compose(report, frozen, sentences.Wording(frozen)).sections["funding"]

    return run


def test_a_plan_that_nobody_wrote_has_no_share(told):
    first, *others = told()
    assert first == (
        "Kinh phí kế hoạch: chưa có số liệu; kinh phí đã giải ngân: 1.415,029 triệu đồng, trong đó ngân sách nhà nước: "
        "1.390,029 triệu đồng, nguồn khác hoặc chưa rõ nguồn: 25 triệu đồng."
    )
    report = definition.load()
    by_source, conflict = (report.number_of(name) for name in ("funding_by_source", "conflict"))
    assert others == [
        f"Các đơn vị có khoản kinh phí là số ước tính: huyện Ninh Phước; số khoản nêu tại Bảng {by_source}.",
        "Các đơn vị có số kinh phí ghi hai giá trị khác nhau: huyện Ninh Phước; cả hai giá trị nêu tại Bảng "
        f"{conflict}, số liệu tại mục này cộng từ các dòng của trang Kinh phí.",
    ]


def test_spent_of_the_plan_is_told_and_nothing_spent_apart_from_nothing_known(told):
    first, unknown, nothing, *_ = told(PLAN)
    assert first.endswith(" Tỷ lệ giải ngân so với kế hoạch: 70,8%.")
    assert unknown == (
        "Các khoản đã có kế hoạch, chưa có số liệu giải ngân (không tính bằng 0): Doanh nghiệp, HTX, hộ tự huy động "
        "(Đề án, kế hoạch, tư vấn)."
    )
    assert nothing == (
        "Các khoản đã có kế hoạch, báo cáo giải ngân bằng 0: Ngân sách trung ương (Quảng bá, xúc tiến thương mại)."
    )


def test_a_share_of_a_part_of_the_lines_is_not_told(told):
    first, *_ = told(PLAN + "update rpt_ministry__funding_by_content set disbursed_share_pct = null")
    assert first.endswith(" Chưa tính tỷ lệ giải ngân so với kế hoạch, do có khoản chưa ghi đủ cả hai số.")


def test_a_unit_that_says_nothing_of_its_money_is_named(told):
    paragraphs = told(
        "update rpt_ministry__submission_status set knows_funding = false where unit_code = '587'"
    )
    assert (
        "Các đơn vị đã gửi báo cáo nhưng chưa có số liệu kinh phí: huyện Ninh Phước. Kinh phí của các đơn vị này chưa có "
        "trong Báo cáo và không được tính bằng 0."
    ) in paragraphs


def test_a_copy_that_does_not_tell_who_knows_its_money_is_not_printed(told):
    """Nobody named would read as nobody without figures."""
    with pytest.raises(ReportError, match="has no knows_funding.*freeze it again: ocop freeze 2024H2"):
        told("alter table rpt_ministry__submission_status drop column knows_funding")


def test_without_any_line_of_money_the_tables_say_that_none_came(freeze_and_pass, change):
    change("delete from rpt_ministry__funding_by_content; delete from rpt_ministry__funding_by_source")
    with open_frozen(freeze_and_pass(), PERIOD) as frozen:
        unknown = sentences.compose(definition.load(), frozen, sentences.Wording(frozen)).empty
    assert unknown["funding_by_source"] == "Trong kỳ chưa nhận được số liệu về kinh phí."


def test_with_nothing_to_report_the_tables_say_so(freeze_and_pass, change):
    change(
        "delete from rpt_ministry__funding_by_content; delete from rpt_ministry__funding_by_source;"
        "update rpt_ministry__headline set value = 0 where row_code like 'funding_%'"
    )
    with open_frozen(freeze_and_pass(), PERIOD) as frozen:
        prose = sentences.compose(definition.load(), frozen, sentences.Wording(frozen))
    assert prose.empty["funding_by_content"] == "Các đơn vị đã gửi báo cáo không phát sinh kinh phí trong kỳ."
    assert prose.sections["funding"][0].startswith(
        "Kinh phí kế hoạch: 0 triệu đồng; kinh phí đã giải ngân: 0"
    )


def test_a_share_altered_in_the_text_is_named(freeze_and_pass, change):
    change(PLAN)
    directory = freeze_and_pass()
    render(directory, PERIOD)
    assert prove(directory, PERIOD) == []
    path = str(directory / f"bao-cao-ocop-{PERIOD}.docx")
    word = Document(path)
    (text,) = (t for t in word.element.body.iter(qn("w:t")) if "70,8%" in (t.text or ""))
    text.text = text.text.replace("70,8%", "78,0%")
    word.save(path)
    (difference,) = prove(directory, PERIOD)
    assert "funding_by_content/total/disbursed_share_pct is printed as '78,0%'" in difference
