"""Numbers, dates, periods and gaps as a Vietnamese reader expects them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from expectations.wording import say, say_value


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("disbursed_amount_vnd_million", 93.974, "93,974"),
        ("disbursed_amount_vnd_million", Decimal("25000000.000"), "25.000.000"),
        ("participant_count", 130316, "130.316"),
        ("participant_count", 1234.5, "1.234,5"),
        ("vanished_pct", 100 / 3, "33,333"),
        ("gap", -2.0, "-2"),
        ("gap", 0, "0"),
        ("funding_year", 2024, "2024"),
        ("row_number", 1200, "1200"),
        ("commune_code", "22888", "22888"),
        ("decision_date", date(2025, 7, 2), "2/7/2025"),
        ("decision_date", datetime(2024, 12, 14), "14/12/2024"),
        ("period_code", "2024H1", "6 tháng đầu năm 2024"),
        ("previous_period_code", "2024Y", "năm 2024"),
        ("star", None, "chưa rõ"),
        ("amount_vnd_million", float("nan"), "chưa rõ"),
        ("product_name", "nan", "nan"),
    ],
)
def test_value(column, value, text):
    assert say_value(column, value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (20.0, 30.0, "20–30"),
        (65.0, 65.0, "65"),
        (50.0, None, "ít nhất 50"),
        (float("nan"), 5.0, "tối đa 5"),
        (None, None, "chưa rõ"),
    ],
)
def test_range(low, high, text):
    assert say("chỉ tiêu {total}", {"total_min": low, "total_max": high}) == f"Chỉ tiêu {text}"
