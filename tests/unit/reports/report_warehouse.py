"""A small warehouse with one district that reported, one held, one refused and four missing at 2024H2."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
from models import sql_of

from reports import definition

PERIOD = "2024H2"
SUBMISSION = "2024H2-587-0123456789ab"
INPUTS = {
    "git_commit": "0" * 40,
    "province_code": "58",
    "as_of": date(2024, 12, 20),
    "known_at": "2024-12-20T15:00:00+00:00",
}
DISTRICTS = {
    "582": "Thành phố Phan Rang - Tháp Chàm",
    "584": "Huyện Bác Ái",
    "585": "Huyện Ninh Sơn",
    "586": "Huyện Ninh Hải",
    "587": "Huyện Ninh Phước",
    "588": "Huyện Thuận Bắc",
    "589": "Huyện Thuận Nam",
}
STATUS = {"587": "received", "585": "held", "588": "refused"}
STATUS_NAMES = {
    "received": "Đã nhận",
    "missing": "Chưa gửi",
    "held": "Đang tạm giữ để xác minh",
    "refused": "Bị trả lại",
}
# name, producer, type, group, star, proposed, status, decision, recognised, expires, sheet row
PRODUCTS = [
    (
        "Táo tươi Trường Thọ",
        "HTX Trường Thọ",
        "Hợp tác xã",
        "Thực phẩm",
        3,
        None,
        "valid",
        None,
        None,
        None,
        7,
    ),
    (
        "Trà măng tây",
        "HTX Tuấn Tú",
        "Hợp tác xã",
        "Đồ uống",
        3,
        None,
        "valid",
        "12/QĐ-UBND",
        "2023-02-06",
        "2026-02-06",
        8,
    ),
    ("Rượu nho & mật nho", "CSSX <39>", "Hộ kinh doanh", "Đồ uống", None, None, "valid", None, None, None, 9),
    (
        "Nho sấy",
        "CSSX Ba Mọi",
        "Hộ kinh doanh",
        "Thực phẩm",
        None,
        None,
        "expired",
        "2142/QĐ-UBND",
        "2020-12-04",
        "2023-12-04",
        10,
    ),
    ("Nho xanh", "CSSX Ba Mọi", "Hộ kinh doanh", "Thực phẩm", None, 4, "proposed", None, None, None, 11),
]
STATUS_OF_PRODUCT = {"valid": "Còn hiệu lực", "expired": "Hết hạn", "proposed": "Đang đề nghị công nhận"}
DDL = Path(__file__).with_name("warehouse.sql")
HEADLINE = [
    ("expected_unit", "Đơn vị phải gửi báo cáo", 7, "đơn vị"),
    ("received_unit", "Đơn vị đã gửi", 1, "đơn vị"),
    ("missing_unit", "Đơn vị chưa gửi", 4, "đơn vị"),
    ("held_unit", "Đơn vị đang tạm giữ báo cáo", 1, "đơn vị"),
    ("refused_unit", "Đơn vị bị trả lại báo cáo", 1, "đơn vị"),
    ("cumulative_product", "Sản phẩm được công nhận lũy kế", 4, "sản phẩm"),
    ("valid_product", "Sản phẩm còn hiệu lực", 3, "sản phẩm"),
    ("valid_star_3", "Sản phẩm còn hiệu lực hạng 3 sao", 2, "sản phẩm"),
    ("valid_star_4", "Sản phẩm còn hiệu lực hạng 4 sao", 0, "sản phẩm"),
    ("valid_star_5", "Sản phẩm còn hiệu lực hạng 5 sao", 0, "sản phẩm"),
    ("valid_star_unknown", "Sản phẩm còn hiệu lực chưa rõ hạng", 1, "sản phẩm"),
    ("expired_product", "Sản phẩm hết hạn", 1, "sản phẩm"),
    ("proposed_product", "Sản phẩm đang đề nghị", 1, "sản phẩm"),
    ("new_product", "Sản phẩm mới được công nhận", None, "sản phẩm"),
    ("potential_five_star", "Sản phẩm tiềm năng 5 sao", 0, "sản phẩm"),
    ("re_recognised_product", "Sản phẩm được công nhận lại", 0, "sản phẩm"),
    ("upgraded_product", "Sản phẩm được nâng hạng", 0, "sản phẩm"),
    ("downgraded_product", "Sản phẩm bị hạ hạng", 0, "sản phẩm"),
    ("revoked_product", "Sản phẩm bị thu hồi công nhận", 0, "sản phẩm"),
    ("expiring_product", "Sản phẩm hết hạn trong 6 tháng tới", 0, "sản phẩm"),
    ("undated_product", "Sản phẩm chưa rõ ngày hết hạn", 2, "sản phẩm"),
    ("producer", "Chủ thể có sản phẩm còn hiệu lực", 3, "chủ thể"),
    ("funding_planned", "Kinh phí kế hoạch", None, "triệu đồng"),
    ("funding_disbursed", "Kinh phí đã giải ngân", "1415.029", "triệu đồng"),
    ("funding_disbursed_state", "Giải ngân từ ngân sách nhà nước", "1390.029", "triệu đồng"),
    ("funding_disbursed_other", "Giải ngân từ nguồn khác hoặc chưa rõ nguồn", "25", "triệu đồng"),
]


def activity(code: str, name: str, years: str | None, figures: tuple, note: str | None = None) -> tuple:
    """A row of a table of activities that were done."""
    return (code, name, "done", "Đã thực hiện", years, *figures, note)


def report_rows(
    products: list[tuple], districts: dict[str, str], status: dict[str, str]
) -> dict[str, list[tuple]]:
    """Rows of the report models after (period_code, row_no), beginning with the row code."""

    def stars(chosen: list[tuple]) -> tuple:
        valid = [p for p in chosen if p[6] == "valid"]
        by_star = tuple(sum(p[4] == star for p in valid) for star in (3, 4, 5, None))
        return (*by_star, len(valid))

    def states(chosen: list[tuple]) -> tuple:
        return tuple(sum(p[6] == state for p in chosen) for state in ("expired", "proposed"))

    unknown = (None,) * 8
    own = (*stars(products), *states(products), sum(p[6] != "proposed" for p in products))
    groups = sorted({p[3] for p in products})
    types = sorted({p[2] for p in products})
    valid = [p for p in products if p[6] == "valid"]
    return {
        "headline": HEADLINE,
        "star_by_unit": [
            (code, code, name, state, *(own if state == "received" else unknown))
            for code, name in districts.items()
            for state in [status.get(code, "missing")]
        ]
        + [("total", None, "Tổng cộng", None, *own)],
        "star_by_commune": [
            ("22879", "Huyện Ninh Phước", "22879", "Xã Phước Hậu", *own[:7]),
            ("total", "Tổng cộng", None, None, *own[:7]),
        ],
        "star_by_group": [(g, g, *stars([p for p in products if p[3] == g])) for g in groups]
        + [("total", "Tổng cộng", *stars(products))],
        "producer_by_type": [
            (t, t, len({p[1] for p in valid if p[2] == t}), len([p for p in valid if p[2] == t]), None)
            for t in types
        ]
        + [("total", "Tổng cộng", len({p[1] for p in valid}), len(valid), 100)],
        "funding_by_content": [
            ("1", "Đề án, kế hoạch, tư vấn", None, "1390.029", None, "25", None, "1415.029", None),
            ("4", "Quảng bá, xúc tiến thương mại", None, "0", None, None, None, "0", None),
            ("total", "Tổng cộng", None, "1390.029", None, "25", None, "1415.029", None),
        ],
        "funding_by_source": [
            ("NSTW-1", "Ngân sách trung ương", "Đề án, kế hoạch, tư vấn", None, "1390.029", None, 0, None),
            ("NSTW-4", "Ngân sách trung ương", "Quảng bá, xúc tiến thương mại", None, "0", None, 0, None),
            ("NSTW-total", "Ngân sách trung ương", "Cộng", None, "1390.029", None, 0, None),
            (
                "TU_HUY_DONG-1",
                "Doanh nghiệp, HTX, hộ tự huy động",
                "Đề án, kế hoạch, tư vấn",
                None,
                "25",
                None,
                1,
                None,
            ),
            ("total", "Tổng cộng", None, None, "1415.029", None, 1, None),
        ],
        "target_result": [
            (
                "1",
                "Huyện Ninh Phước",
                "Sản phẩm mới được công nhận",
                2021,
                2025,
                5,
                7,
                None,
                "sản phẩm",
                "Chưa đủ số liệu",
            ),
            (
                "2",
                "Huyện Ninh Phước",
                "Điểm giới thiệu và bán sản phẩm",
                2021,
                2025,
                1,
                2,
                0,
                "điểm",
                "Chưa đạt",
            ),
        ],
        "target_left": [
            (
                "1",
                "Huyện Ninh Phước",
                "Sản phẩm mới được công nhận",
                2025,
                False,
                5,
                7,
                None,
                None,
                "sản phẩm",
                "Chưa có số liệu",
            ),
            (
                "2",
                "Huyện Ninh Phước",
                "Điểm giới thiệu và bán sản phẩm",
                2025,
                False,
                1,
                2,
                0,
                1,
                "điểm",
                "Chưa đạt",
            ),
        ],
        "producer_goal": [
            ("3", "Tỉnh Ninh Thuận", "Tỷ lệ chủ thể là hợp tác xã", 2024, 2, 3, "66.7", 30, None, "Đạt")
        ],
        "activity_training": [
            activity(
                "training",
                "Tập huấn, bồi dưỡng",
                "2021–2024",
                (94, False, "lớp", 4300, True, None, False, None, 8, 1, 9, 1),
                "Ước tính: lượt người. Gồm cả kết quả trước kỳ",
            )
        ],
        "activity_promotion": [],
        "activity_label": [
            activity(
                "label_packaging",
                "Nhãn hiệu, bao bì, tem",
                None,
                (6, False, "sản phẩm", None, False, None, False, "12.5", None, 1, 1, 0),
            )
        ],
        "activity_planting": [
            activity(
                "planting_area",
                "Vùng trồng, vùng nguyên liệu",
                "đến năm 2024",
                (9, False, "mã", None, False, "82.49", True, None, None, 1, 6, 1),
                "Ước tính: diện tích. Gồm cả kết quả trước kỳ",
            )
        ],
        "activity_tourism": [],
        "activity_other": [
            activity(
                "inspection",
                "Kiểm tra, giám sát",
                "2024",
                (8, False, "cuộc", None, False, None, False, None, None, 1, 1, 0),
            )
        ],
        "product_feature": [
            ("e_commerce", "Bán trên sàn thương mại điện tử", 1, 1, 1, 3),
            ("traceability", "Có mã truy xuất nguồn gốc", 2, 0, 1, 3),
            ("trademark", "Có nhãn hiệu hoặc chỉ dẫn địa lý được bảo hộ", 1, 0, 2, 3),
            ("standard", "Có tiêu chuẩn sản xuất", None, None, 3, 3),
            ("planting_area", "Dùng nguyên liệu từ vùng trồng có mã số", None, None, 3, 3),
        ],
        "rating": [],
        "opening": [
            (
                "587",
                "Huyện Ninh Phước",
                "Báo cáo 6 tháng cuối năm 2023",
                4,
                "6 tháng đầu năm 2024",
            )
        ],
        "movement": [
            ("opening", "Đầu kỳ", None, 3, 0, 0, 1, 4),
            ("expired", "Hết hạn công nhận", 1, -1, 0, 0, 0, -1),
            ("closing", "Cuối kỳ", None, 2, 0, 0, 1, 3),
        ],
        "movement_list": [
            (
                "587-2024H2-nho",
                "expired",
                "Hết hạn công nhận",
                "Huyện Ninh Phước",
                "Nho sấy",
                "CSSX Ba Mọi",
                3,
                None,
                date(2024, 12, 4),
                None,
                None,
                SUBMISSION,
            )
        ],
        "stock_by_period": [
            ("2023H2", "6 tháng cuối năm 2023", 1, 3, 0, 0, 1, 4, None),
            ("2024H1", "6 tháng đầu năm 2024", 0, *(None,) * 5, "Không nhận được số liệu"),
            ("2024H2", "6 tháng cuối năm 2024", 1, *own[:5], None),
        ],
        "conflict": [
            (
                "1",
                "Huyện Ninh Phước",
                "Kinh phí đã giải ngân",
                "Số trên trang Bìa và số cộng từ các dòng",
                345,
                342,
                "triệu đồng",
            )
        ],
        "expiring": [],
        "submission_status": [
            (
                code,
                code,
                name,
                status.get(code, "missing"),
                STATUS_NAMES[status.get(code, "missing")],
                date(2024, 12, 16) if code in status else None,
                True if code in status else None,
                1 if code in status else None,
                2 if code == "587" else None,
                True if status.get(code) == "received" else None,
                None,
            )
            for code, name in districts.items()
        ],
        "product_list": [
            (
                str(no),
                "Huyện Ninh Phước",
                "Xã Phước Hậu",
                *p[:4],
                p[4],
                p[5],
                STATUS_OF_PRODUCT[p[6]],
                "Tính từ ngày quyết định" if p[8] else "Theo báo cáo của đơn vị",
                *p[7:10],
            )
            for no, p in enumerate(products, start=1)
        ],
        "quality": [
            (
                "1",
                "conflict",
                "Huyện Ninh Phước",
                "FUND-04",
                "warning",
                "Kinh phí",
                "Kinh phí hỗ trợ 17 sản phẩm năm 2024 có hai số: 345 và 342 triệu đồng. Đề nghị làm rõ.",
                1,
            )
        ],
    }


def place_of(name: str) -> int:
    """Where a table stands among those that are printed with rows."""
    rows = report_rows(PRODUCTS, DISTRICTS, STATUS)
    return [table.name for table in definition.load().printed if rows[table.name]].index(name)


def build_warehouse(
    path: Path,
    products: list[tuple] = PRODUCTS,
    districts: dict[str, str] = DISTRICTS,
    status: dict[str, str] = STATUS,
) -> None:
    """Write the warehouse; a district without a status has sent nothing."""
    with duckdb.connect(str(path)) as con:
        con.execute(DDL.read_text(encoding="utf-8"))
        register = "int_ministry__register_figure"
        con.execute(f"create table {register} as {sql_of(register)}")
        con.begin()  # a commit for each row is most of the time
        units = [("58", "Tỉnh Ninh Thuận", "province", None)]
        units += [(code, name, "district", "58") for code, name in districts.items()]
        for unit in units:
            row = [f"key of {unit[0]}", *unit, "2004-07-08", "2025-06-30"]
            con.execute("insert into dim_unit values (?, ?, ?, ?, ?, ?, ?)", row)
        basis, ministry_basis = "Điều 12 Nghị định số 09/2019/NĐ-CP", "Điều 13 Nghị định số 09/2019/NĐ-CP"
        con.execute(f"""insert into dim_period values
            ('2024H1','H1',2024,'2023-12-15','2024-06-14','2024-06-18','2024-06-25','{basis}','{ministry_basis}'),
            ('2024H2','H2',2024,'2024-06-15','2024-12-14','2024-12-17','2024-12-25','{basis}','{ministry_basis}'),
            ('2024Y','Y',2024,'2023-12-15','2024-12-14','2024-12-17','2024-12-25','{basis}','{ministry_basis}')""")
        con.execute("""insert into bridge_period values
            ('2024H1','stock','2024H1'), ('2024H1','flow','2024H1'),
            ('2024H2','stock','2024H2'), ('2024H2','flow','2024H2'),
            ('2024Y','stock','2024H2'), ('2024Y','flow','2024H1'), ('2024Y','flow','2024H2')""")
        con.execute("""insert into dim_map values
            ('old', 'Địa giới cũ', '2004-07-08', '2025-06-30', '2025-06-30'),
            ('new', 'Địa giới mới', '2025-07-01', null, '2025-07-01')""")
        con.execute("""insert into dim_authority values
            ('58','2018-05-07','2025-02-28','Bộ Nông nghiệp và Phát triển nông thôn',
             'Ủy ban nhân dân tỉnh Ninh Thuận','Sở Nông nghiệp và Phát triển nông thôn tỉnh Ninh Thuận',
             'BC-SNNPTNT','Ninh Thuận','Giám đốc','Bộ Nông nghiệp và Phát triển nông thôn'),
            ('58','2025-03-01','2025-06-30','Bộ Nông nghiệp và Môi trường',
             'Ủy ban nhân dân tỉnh Ninh Thuận','Sở Nông nghiệp và Môi trường tỉnh Ninh Thuận',
             'BC-SNNMT','Ninh Thuận','Giám đốc','Bộ Nông nghiệp và Môi trường')""")
        con.execute(
            "insert into fct_submission values (?, '587', ?, 'ninh-phuoc.xlsx', 'accepted', true, '2024-12-16 15:00:00+00', 2)",
            [SUBMISSION, PERIOD],
        )
        con.execute(f"""insert into fct_layout values
            ('{SUBMISSION}','Sản phẩm','status_code','I','Tình trạng'),
            ('{SUBMISSION}','Sản phẩm','star','G','Hạng sao'),
            ('{SUBMISSION}','Kinh phí','disbursed_amount_vnd_million','F','Giải ngân')""")
        for product in products:
            if product[6] == "valid":
                con.execute(
                    """insert into int_ministry__evidence values
                    (?, 'star_by_unit', '587', 'valid_count', 'count', ?, null, ?, ?, ?, ?, ['star'])""",
                    [
                        PERIOD,
                        f"{product[0]}|{product[1]}",
                        SUBMISSION,
                        "Sản phẩm",
                        product[10],
                        "status_code",
                    ],
                )
        for row_code, amount, line in (
            ("NSTW-1", "975", 5),
            ("NSTW-1", "415.029", 6),
            ("NSTW-4", "0", 8),
            ("NSTW-total", "975", 5),
            ("NSTW-total", "415.029", 6),
            ("NSTW-total", "0", 8),
            ("TU_HUY_DONG-1", "25", 7),
        ):
            con.execute(
                """insert into int_ministry__evidence values (?, 'funding_by_source', ?,
                'disbursed_amount_vnd_million', 'sum', ?, ?, ?, 'Kinh phí', ?,
                'disbursed_amount_vnd_million', [])""",
                [PERIOD, row_code, f"line {line}", Decimal(amount), SUBMISSION, line],
            )
        con.execute(
            """insert into int_ministry__evidence values (?, 'funding_by_source', 'TU_HUY_DONG-1',
            'approximate_line_count', 'count', 'line 7', null, ?, 'Kinh phí', 7, 'is_approximate', [])""",
            [PERIOD, SUBMISSION],
        )
        for table, rows in report_rows(products, districts, status).items():
            for row_no, row in enumerate(rows, start=1):
                marks = ", ".join("?" * (len(row) + 2))
                con.execute(f"insert into rpt_ministry__{table} values ({marks})", [PERIOD, row_no, *row])
        con.commit()


def write_verdict(directory: Path, verdict: str = "passed") -> None:
    """Lay the gate's verdict beside the frozen copy."""
    digest = hashlib.sha256((directory / "ocop.duckdb").read_bytes()).hexdigest()
    content = {"verdict": verdict, "suite": "ministry", "period": PERIOD, "database_sha256": digest}
    (directory / "gate.json").write_text(json.dumps(content), encoding="utf-8")
    (directory / "gate.html").write_text("<!doctype html>", encoding="utf-8")
    (directory / "gate-gx.json").write_text("{}", encoding="utf-8")
