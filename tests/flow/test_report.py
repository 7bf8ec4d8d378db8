"""From the published warehouse to a sealed report; every printed figure is a query on the frozen copy."""

import hashlib
import json
import re
import shutil
from datetime import timedelta
from decimal import Decimal

import districts
import duckdb
import pytest
from homes import KNOWN_AT, settings_of

from pipeline import look, steps
from reports.frozen import ReportError
from reports.trace import trace


@pytest.fixture(scope="module")
def released(sample_night, tmp_path_factory):
    """A home with 2024H2 frozen, gated, printed and released."""
    home = tmp_path_factory.mktemp("released") / "home"
    shutil.copytree(sample_night[0].home, home)
    settings = settings_of(home)
    outcomes = [
        steps.freeze(settings, "2024H2"),
        steps.gate(settings, "ministry", "2024H2"),
        steps.report(settings, "2024H2"),
        steps.release(settings, "2024H2", "Trần Văn Duyệt", "đã soát"),
    ]
    assert [o.exit_code for o in outcomes] == [0] * 4
    return settings


def frozen(settings, sql):
    with duckdb.connect(str(settings.releases / "2024H2/ocop.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def number(text: str) -> Decimal | None:
    """A printed figure read back by its own small rule: dots group, the comma is decimal, a dash is unknown."""
    text = text.strip()
    return None if text in ("–", "") else Decimal(text.replace(".", "").replace(",", "."))


def test_the_set_is_complete_and_sealed(released):
    directory = released.releases / "2024H2"
    names = {path.name for path in directory.iterdir()}
    assert {
        "ocop.duckdb", "manifest.json", "gate.json", "gate.html", "seal.json",
        "bao-cao-ocop-2024H2.docx", "bao-cao-ocop-2024H2.xlsx",
    } <= names  # fmt: skip
    seal = json.loads((directory / "seal.json").read_text(encoding="utf-8"))
    assert seal["signed_by"] == "Trần Văn Duyệt"
    assert set(seal["files"]) == names - {"seal.json"}


@pytest.mark.parametrize(
    ("caption", "sql"),
    [
        ("Số liệu chung", "select figure_name, value from rpt_ministry__headline"),
        (
            "Số sản phẩm OCOP của từng đơn vị",
            "select unit_name, star_3_count, star_4_count, star_5_count, star_unknown_count, valid_count, expired_count, "
            "proposed_count, cumulative_count from rpt_ministry__star_by_unit",
        ),
        (
            "Số sản phẩm OCOP còn hiệu lực theo nhóm",
            "select product_group_name, star_3_count, star_4_count, star_5_count, star_unknown_count, valid_count "
            "from rpt_ministry__star_by_group",
        ),
        (
            "Số chủ thể và sản phẩm",
            "select producer_type_name, producer_count, producer_share_pct, product_count from rpt_ministry__producer_by_type",
        ),
        (
            "Biến động số sản phẩm",
            "select movement_name, star_3_count, star_4_count, star_5_count, star_unknown_count, change_count "
            "from rpt_ministry__movement",
        ),
        (
            "Kinh phí theo nguồn",
            "select source_name, planned_amount_vnd_million, disbursed_amount_vnd_million, disbursed_share_pct, "
            "approximate_line_count, note from rpt_ministry__funding_by_source",
        ),
        (
            "Kinh phí theo nội dung",
            "select content_name, state_planned_amount_vnd_million, state_disbursed_amount_vnd_million, "
            "other_planned_amount_vnd_million, other_disbursed_amount_vnd_million, planned_amount_vnd_million, "
            "disbursed_amount_vnd_million, disbursed_share_pct from rpt_ministry__funding_by_content",
        ),
        (
            "Thông tin thị trường, chất lượng",
            "select feature_name, yes_count, no_count, unknown_count, valid_count from rpt_ministry__product_feature",
        ),
        (
            "Số sản phẩm OCOP theo xã",
            "select unit_name, star_3_count, star_4_count, star_5_count, star_unknown_count, valid_count, expired_count, "
            "proposed_count from rpt_ministry__star_by_commune",
        ),
    ],
)
def test_each_figure_of_the_document_is_a_query_on_the_frozen_copy(released, caption, sql):
    from docx import Document

    body = Document(str(released.releases / "2024H2/bao-cao-ocop-2024H2.docx")).element.body
    above = ""  # everything said since the table before
    for element in body:
        if element.tag.endswith("}tbl"):
            if caption.lower() in above.lower():
                break
            above = ""
        above += "".join(t.text or "" for t in element.iter() if t.tag.endswith("}t"))
    else:
        pytest.fail(f"no table under {caption}")
    printed = [
        [
            "".join(t.text or "" for t in cell.iter() if t.tag.endswith("}t"))
            for cell in row
            if cell.tag.endswith("}tc")
        ]
        for row in element
        if row.tag.endswith("}tr")
    ]
    wanted = frozen(released, f"{sql} where period_code = '2024H2' order by row_no")
    data = printed[-len(wanted) :]
    for cells, (label, *figures) in zip(data, wanted, strict=True):
        assert label in cells
        found = [number(cell) for cell in cells[-len(figures) :]]
        assert found == [None if f is None else Decimal(f) for f in figures], label


def test_each_figure_of_the_workbook_is_a_live_number(released):
    from openpyxl import load_workbook

    sheet = load_workbook(released.releases / "2024H2/bao-cao-ocop-2024H2.xlsx")["Số liệu chung"]
    printed = {row[1].value: row[3].value for row in sheet.iter_rows() if len(row) > 3 and row[1].value}
    for name, value in frozen(
        released, "select figure_name, value from rpt_ministry__headline where period_code = '2024H2'"
    ):
        found = printed[name]
        if value is None:
            assert not isinstance(found, int | float)
        else:
            assert Decimal(str(found)) == value


def test_the_sentences_say_the_figures(released):
    from docx import Document

    text = "\n".join(
        p.text for p in Document(str(released.releases / "2024H2/bao-cao-ocop-2024H2.docx")).paragraphs
    )
    ((valid, expired, missing),) = frozen(
        released,
        "select max(value) filter (row_code = 'valid_product'), max(value) filter (row_code = 'expired_product'), "
        "max(value) filter (row_code = 'missing_unit') from rpt_ministry__headline where period_code = '2024H2'",
    )
    assert int(re.search(r"còn hiệu lực công nhận: (\d+) sản phẩm", text)[1]) == valid == 31
    assert int(re.search(r"đã hết hạn công nhận \((\d+) sản phẩm\)", text)[1]) == expired == 14
    assert int(re.search(r"chưa gửi: (\d+) đơn vị", text)[1]) == missing == 6
    for name in ("Bác Ái", "Thuận Nam", "Ninh Hải"):
        assert name in text


def test_a_figure_is_traced_to_the_cells_it_comes_from(released):
    from openpyxl import load_workbook

    database = released.releases / "2024H2/ocop.duckdb"
    money = trace(database, "funding_by_source", "total", "disbursed_amount_vnd_million", "2024H2")
    (cell,) = money["cells"]
    original = released.archive / cell["submission_id"] / cell["file_name"]
    assert load_workbook(original)[cell["sheet"]][cell["cell"]].value == money["value"] == 342
    stars = trace(database, "star_by_unit", "587", "star_3_count", "2024H2")
    sheet = load_workbook(released.archive / cell["submission_id"] / cell["file_name"])["Sản phẩm"]
    assert len(stars["cells"]) == stars["value"] == 31
    assert {sheet[c["cell"]].value for c in stars["cells"]} == {3}


def test_what_a_sentence_says_of_the_training_leads_to_its_classes(released):
    from docx import Document

    text = "\n".join(
        p.text for p in Document(str(released.releases / "2024H2/bao-cao-ocop-2024H2.docx")).paragraphs
    )
    assert "đã tổ chức 94 lớp với khoảng 4.300 lượt người (2021–2024)." in text
    assert "đã có 09 mã với khoảng 82,49 ha (đến năm 2024)." in text
    ((row_code,),) = frozen(
        released, "select row_code from rpt_ministry__activity_training where period_code = '2024H2'"
    )
    database = released.releases / "2024H2/ocop.duckdb"
    classes = trace(database, "activity_training", row_code, "activity_count", "2024H2")
    assert sorted(c["value_contribution"] for c in classes["cells"]) == [4, 5, 9, 9, 15, 16, 17, 19]
    assert {c["header_text"] for c in classes["cells"]} == {"Số lượng"}


def test_the_movements_lead_from_the_opening_to_the_closing_stock(released):
    steps_of_stock = dict(
        frozen(
            released,
            "select row_code, change_count from rpt_ministry__movement where period_code = '2024H2'",
        )
    )
    opening, closing = steps_of_stock.pop("opening"), steps_of_stock.pop("closing")
    assert (opening, steps_of_stock["new"], closing) == (15, 16, 31)
    assert opening + sum(steps_of_stock.values()) == closing
    ((basis, opened, skipped),) = frozen(
        released,
        "select opening_basis_name, opening_count, skipped_periods from rpt_ministry__opening "
        "where period_code = '2024H2'",
    )
    assert (basis, opened, skipped) == ("Báo cáo 6 tháng cuối năm 2023", 15, "6 tháng đầu năm 2024")
    (cell, *others) = trace(
        released.releases / "2024H2/ocop.duckdb", "opening", "587", "opening_count", "2024H2"
    )["cells"]
    assert len(others) == 14
    assert cell["submission_id"].startswith("2023H2-587")


def test_a_conflict_is_printed_with_both_values_and_each_leads_to_its_place(released):
    database = released.releases / "2024H2/ocop.duckdb"
    ((row_code, first, second),) = frozen(
        released,
        "select row_code, first_value, second_value from rpt_ministry__conflict "
        "where period_code = '2024H2' and figure_name = 'Kinh phí đã giải ngân'",
    )
    assert (first, second) == (345, 342)
    cells = trace(database, "conflict", row_code, "first_value", "2024H2")["cells"]
    (cell,) = [cell for cell in cells if cell["value_contribution"]]  # the other side is listed too
    assert (cell["sheet"], cell["value_contribution"]) == ("Bìa", 345)


def test_what_is_left_of_a_target_is_what_its_result_lacks(released):
    lacking = frozen(
        released,
        "select row_code, target_min - result_value from rpt_ministry__target_result where period_code = '2024H2' "
        "and assessment_name in ('Chưa đạt', 'Chưa đủ số liệu', 'Chưa có số liệu') order by row_no",
    )
    left = frozen(
        released,
        "select row_code, left_value from rpt_ministry__target_left where period_code = '2024H2' order by row_no",
    )
    assert left == lacking
    printed = frozen(
        released,
        "select row_code, (target_to_year, is_over, target_min, target_max, result_value, left_value) "
        "from rpt_ministry__target_left where period_code = '2024H2'",
    )
    told = dict(printed)
    # plan of the province for 2024: 20-30 new products; Ninh Phước to 2025: one or two points of sale, two or three 5 stars
    assert told["58-new_product-2024-2024-san_pham"] == (2024, True, 20, 30, 16, 4)
    assert told["58-livestock_product-2024-2024-san_pham"] == (2024, True, 1, 2, None, None)
    assert told["587-sales_point-2021-2025-diem"] == (2025, False, 1, 2, 0, 1)
    assert told["587-new_product-2021-2025-5_star-san_pham"] == (2025, False, 2, 3, 0, 2)
    assert "587-new_product-2021-2025-san_pham" not in told  # 5-7, and 31 came
    traced = trace(
        released.releases / "2024H2/ocop.duckdb",
        "target_left",
        "58-new_product-2024-2024-san_pham",
        "left_value",
        "2024H2",
    )
    fields = [cell["field_name"] for cell in traced["cells"]]
    counts = tuple(map(fields.count, ("target_min", "indicator_code", "outcome_code")))
    assert (*counts, len(fields)) == (1, 1, 16, 18)


def test_shares_of_producers_stand_beside_the_goals_of_the_plan(released):
    goals = frozen(
        released,
        "select row_code, counted_producer_count, producer_count, producer_share_pct, target_min, target_max "
        "from rpt_ministry__producer_goal where period_code = '2024H2' order by row_no",
    )
    assert goals == [
        ("58-producer_htx_pct-2024-2024", 5, 19, Decimal("26.3"), 30, None),
        ("58-producer_dn_pct-2024-2024", 1, 19, Decimal("5.3"), 40, None),
        ("58-green_producer_pct-2024-2024", None, None, None, 30, 30),  # nobody reports it
    ]
    by_type = dict(
        frozen(
            released,
            "select row_code, (producer_count, producer_share_pct) from rpt_ministry__producer_by_type "
            "where period_code = '2024H2'",
        )
    )
    assert by_type["HTX"] == goals[0][1:4:2]
    assert by_type["DN"] == goals[1][1:4:2]
    traced = trace(
        released.releases / "2024H2/ocop.duckdb",
        "producer_goal",
        goals[0][0],
        "counted_producer_count",
        "2024H2",
    )
    assert traced["value"] == 5
    assert {cell["field_name"] for cell in traced["cells"]} == {"producer_type_code"}


def test_a_released_period_that_has_not_changed_stays_as_it_is(released):
    directory = released.releases / "2024H2"
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    for outcome in (
        steps.freeze(released, "2024H2"),
        steps.gate(released, "ministry", "2024H2"),
        steps.report(released, "2024H2"),
        steps.release(released, "2024H2", "Người Khác"),
    ):
        assert outcome.exit_code == 0
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before


@pytest.fixture(scope="module")
def corrected(released, tmp_path_factory):
    """The released home a month later, when Ninh Sơn had sent and the amended report was released."""
    home = tmp_path_factory.mktemp("corrected") / "home"
    shutil.copytree(released.home, home)
    later = settings_of(home, KNOWN_AT + timedelta(days=30))
    districts.make(later.landing, unit="585")
    outcomes = [
        *steps.nightly(later),
        steps.freeze(later, "2024H2"),
        steps.gate(later, "ministry", "2024H2"),
        steps.report(later, "2024H2"),
        steps.release(later, "2024H2", "Trần Văn Duyệt"),
    ]
    assert [o.exit_code for o in outcomes] == [0] * 9
    return later


def test_a_late_submission_makes_a_correction_beside_the_release(released, corrected):
    directory = corrected.releases / "2024H2/dieu-chinh-1"
    assert (directory / "bao-cao-ocop-2024H2.docx").exists()
    assert (corrected.releases / "2024H2/seal.json").read_bytes() == (
        released.releases / "2024H2/seal.json"
    ).read_bytes()
    with duckdb.connect(str(directory / "ocop.duckdb"), read_only=True) as connection:
        causes = connection.execute(
            "select cause_name, subject_name, revision_no, happened_at from rpt_ministry__amendment_cause"
        ).fetchall()
        changed = dict(
            connection.execute(
                "select row_code, (old_value, new_value, cause_numbers) from rpt_ministry__amendment"
            ).fetchall()
        )
    assert causes == [("Báo cáo nhận thêm", "Huyện Ninh Sơn, 6 tháng cuối năm 2024", 1, "15/01/2025 22:00")]
    assert changed["headline:valid_product:value"] == (31, 34, "1")
    assert changed["headline:funding_disbursed:value"] == (342, Decimal("461.474"), "1")
    assert not [code for code in changed if ":587:" in code]  # Ninh Phước said what it had said
    assert steps.verify(corrected).details["faults"] == []


def test_a_trace_leads_into_the_release_that_stood_then_and_out_of_its_annex(corrected, capsys):
    def traced(settings, figure):
        look.show_trace(settings, figure, "2024H2", as_json=True)
        found = json.loads(capsys.readouterr().out)
        return float(found["value"]), {cell["submission_id"].split("-")[1] for cell in found["cells"]}

    headline, annex = "headline/valid_product/value", "amendment/headline:valid_product:value"
    assert traced(corrected, headline) == traced(corrected, f"{annex}/new_value") == (34, {"585", "587"})
    assert traced(corrected, f"{annex}/old_value") == (31, {"587"})
    before_the_correction = settings_of(corrected.home, KNOWN_AT + timedelta(days=3))
    assert traced(before_the_correction, headline) == (31, {"587"})
    look.show_trace(corrected, f"{annex}/old_value", "2024H2", as_json=False)
    assert "  là số liệu headline/valid_product/value\n" in capsys.readouterr().out


def test_the_amended_report_is_printed_again_as_it_was_sealed(corrected, tmp_path):
    outcome = steps.report_again(corrected, "2024H2", tmp_path / "again")
    assert outcome.exit_code == 0
    assert "byte for byte as sealed in releases/2024H2/dieu-chinh-1" in outcome.summary


def test_the_original_is_printed_again_from_the_archive_byte_for_byte(corrected, tmp_path):
    shutil.rmtree(corrected.home / "raw")  # what is in force is in the archive
    before_the_correction = settings_of(corrected.home, KNOWN_AT + timedelta(days=3))
    outcome = steps.report_again(before_the_correction, "2024H2", tmp_path / "again")
    assert outcome.exit_code == 0
    assert "byte for byte as sealed in releases/2024H2" in outcome.summary
    seal = json.loads((corrected.releases / "2024H2/seal.json").read_text(encoding="utf-8"))
    assert sorted(outcome.details["sha256"]) == ["bao-cao-ocop-2024H2.docx", "bao-cao-ocop-2024H2.xlsx"]
    for name, digest in outcome.details["sha256"].items():
        assert hashlib.sha256((tmp_path / "again" / name).read_bytes()).hexdigest() == digest
        assert digest == seal["files"][name]


def test_only_what_was_released_by_then_is_printed_again(corrected, tmp_path):
    with pytest.raises(steps.StepError, match="No report of 2024H2 was released by 2024-12-15"):
        steps.report_again(settings_of(corrected.home, KNOWN_AT - timedelta(days=1)), "2024H2", tmp_path)
    with pytest.raises(steps.StepError, match="Period 2023H2 has no released report"):
        steps.report_again(corrected, "2023H2", tmp_path)
    with pytest.raises(steps.StepError, match="lies in releases/"):
        steps.report_again(corrected, "2024H2", corrected.releases / "2024H2")


def test_nothing_is_printed_without_a_passed_gate(sample_night, tmp_path):
    shutil.copytree(sample_night[0].home, tmp_path / "home")
    settings = settings_of(tmp_path / "home")
    steps.freeze(settings, "2024H2")
    outcome = steps.report(settings, "2024H2")
    assert outcome.exit_code == 1
    assert not list((settings.releases / "2024H2").glob("*.docx"))


def test_a_period_nobody_reported_is_not_frozen(sample_night):
    with pytest.raises(steps.StepError, match="no submission of period 2024H1 is in force"):
        steps.freeze(sample_night[0], "2024H1")  # the only file of 2024H1 was refused


def test_whatever_is_done_to_a_release_or_its_approval_is_named(corrected, tmp_path):
    from pipeline.integrity import verify_home

    shutil.copytree(corrected.home, tmp_path / "home")
    home = settings_of(tmp_path / "home", corrected.known_at)
    assert verify_home(home) == []
    for directory in ("2024H2", "2024H2/dieu-chinh-1"):
        files = [path for path in sorted((home.releases / directory).iterdir()) if path.is_file()]
        assert {"gate-gx.json", "gate.html", "gate.json", "manifest.json", "seal.json"} <= {
            p.name for p in files
        }
        for path in files:
            before, name = path.read_bytes(), f"{directory}/{path.name}"
            for tampered in (before + b" x", before[:-1], b"", None):
                if tampered is None:
                    path.unlink()
                else:
                    path.write_bytes(tampered)
                faults = verify_home(home)
                # a seal that is gone is told by the approval of its release
                assert name in faults[0] or (
                    path.name == "seal.json" and f"releases/{directory}" in " ".join(faults)
                )
            path.write_bytes(before)
    assert verify_home(home) == []
    for log in (home.archive / "ledger.jsonl", home.decisions, home.archive / "gate.jsonl"):
        before = log.read_bytes()
        lines = before.splitlines(keepends=True)
        for number in range(len(lines)):
            log.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
            assert log.name in verify_home(home)[0], number
        log.write_bytes(before)
    assert verify_home(home) == []
    for path in (home.archive / "them.txt", home.releases / "2024H2" / "them.txt"):
        path.write_text("thêm")
        assert path.name in verify_home(home)[0]
        path.unlink()
    shutil.move(home.releases / "2024H2", tmp_path / "away")
    assert "approved releases/2024H2" in verify_home(home)[0]
    shutil.move(tmp_path / "away", home.releases / "2024H2")
    home.decisions.write_bytes(b"")
    assert verify_home(home)[0].startswith("decisions.jsonl ends with line 0, but 2 lines were written")


def test_a_release_that_broke_off_is_finished_with_its_first_approval(released, tmp_path):
    shutil.copytree(released.home, tmp_path / "home")
    home = settings_of(tmp_path / "home")
    seal = home.releases / "2024H2/seal.json"
    first, decisions = seal.read_bytes(), home.decisions.read_bytes()
    seal.unlink()  # as after a crash between approval and seal
    with pytest.raises(steps.StepError, match="If releasing broke off, run: ocop release 2024H2"):
        steps.freeze(home, "2024H2")
    assert steps.release(home, "2024H2", "Trần Văn Duyệt").exit_code == 0
    assert (seal.read_bytes(), home.decisions.read_bytes()) == (first, decisions)


def test_a_document_changed_before_it_is_signed_is_not_approved(released, tmp_path):
    shutil.copytree(released.home, tmp_path / "home")
    home = settings_of(tmp_path / "home")
    (home.releases / "2024H2/seal.json").unlink()
    with (home.releases / "2024H2/bao-cao-ocop-2024H2.docx").open("ab") as file:
        file.write(b" ")
    with pytest.raises(steps.StepError, match="bao-cao-ocop-2024H2.docx is not what the frozen copy prints"):
        steps.release(home, "2024H2", "Trần Văn Duyệt")


def test_a_copy_that_is_no_longer_printed_is_not_approved(released, tmp_path, monkeypatch):
    """Frozen and printed by one version, to be released by the next."""
    shutil.copytree(released.home, tmp_path / "home")
    home = settings_of(tmp_path / "home")
    (home.releases / "2024H2/seal.json").unlink()

    def refuse(directory, period):
        raise ReportError(f"the frozen copy has no column; freeze it again: ocop freeze {period}")

    monkeypatch.setattr("reports.render.differing", refuse)
    with pytest.raises(steps.StepError, match="freeze it again: ocop freeze 2024H2"):
        steps.release(home, "2024H2", "Trần Văn Duyệt")
