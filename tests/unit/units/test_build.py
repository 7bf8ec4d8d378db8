"""The lists of units: what the country counted before and after 1/7/2025, and how the script reads its source."""

import csv
import json
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from units import build

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
OLD, NEW = "2004-07-08", "2025-07-01"


def seed(name):
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


UNITS = seed("ref_unit")
SUCCESSION = seed("ref_unit_succession")


def communes(province, era):
    """Names of a province's communes by code."""
    parents = {u["unit_code"] for u in UNITS if u["parent_unit_code"] == province and u["valid_from"] == era}
    return {
        u["unit_code"]: u["unit_name"]
        for u in UNITS
        if u["unit_level_code"] == "commune"
        and u["valid_from"] == era
        and (u["parent_unit_code"] in parents or u["parent_unit_code"] == province)
    }


def test_the_country_before_and_after():
    """NQ 202/2025/QH15 and the code lists of QĐ 124/2004/QĐ-TTg and QĐ 19/2025/QĐ-TTg."""
    assert Counter((u["unit_level_code"], u["valid_from"]) for u in UNITS) == {
        ("province", OLD): 63,
        ("district", OLD): 696,
        ("commune", OLD): 10_035,
        ("province", NEW): 34,
        ("commune", NEW): 3_321,
        ("province", "2026-04-30"): 1,  # Thành phố Đồng Nai
    }
    kinds = Counter(
        u["unit_name"].split()[0] for u in UNITS if u["valid_from"] == NEW and len(u["unit_code"]) == 5
    )
    assert kinds == {"Xã": 2_621, "Phường": 687, "Đặc": 13}


def test_a_unit_is_its_code_and_first_day_and_lives_under_a_parent_of_its_time():
    keys = {(u["unit_code"], u["valid_from"]) for u in UNITS}
    assert len(keys) == len(UNITS)
    orphans = [
        u for u in UNITS if u["parent_unit_code"] and (u["parent_unit_code"], u["valid_from"]) not in keys
    ]
    assert orphans == []


def test_every_old_unit_that_ended_has_one_default_successor():
    defaults = Counter(
        row["old_unit_code"]
        for row in SUCCESSION
        if row["succeeded_on"] == NEW and row["relation_code"] in ("full", "split_default")
    )
    ended = {u["unit_code"] for u in UNITS if u["valid_from"] == OLD and u["unit_level_code"] != "district"}
    islands = {
        "318",
        "471",
        "498",
        "536",
        "755",
    }  # Bạch Long Vĩ, Cồn Cỏ, Hoàng Sa, Lý Sơn, Côn Đảo: no communes
    assert defaults == dict.fromkeys(ended | islands, 1)


def test_a_division_has_a_default_and_alternatives():
    relations = defaultdict(set)
    for row in SUCCESSION:
        relations[row["old_unit_code"], row["succeeded_on"]].add(row["relation_code"])
    assert {tuple(sorted(kinds)) for kinds in relations.values()} == {
        ("full",),
        ("split_default", "split_other"),
    }


@pytest.mark.parametrize(
    ("province", "districts", "old", "new"),
    [("56", 9, 132, 65), ("58", 7, 62, None), ("51", 13, 170, 96), ("62", 10, 102, None)],
)
def test_the_two_merged_provinces(province, districts, old, new):
    below = [u for u in UNITS if u["parent_unit_code"] == province and u["valid_from"] == OLD]
    assert (len(below), len(communes(province, OLD))) == (districts, old)
    if new:
        assert len(communes(province, NEW)) == new


def test_codes_and_names_are_used_again_for_other_places():
    old = communes("51", OLD) | communes("56", OLD) | communes("58", OLD) | communes("62", OLD)
    new = communes("51", NEW) | communes("56", NEW)
    reused = [code for code in new if code in old]
    assert (len(reused), sum(old[code] != new[code] for code in reused)) == (160, 120)
    assert (old["22888"], new["22888"]) == ("Xã An Hải", "Xã Phước Dinh")
    assert (old["22879"], new["22873"]) == ("Xã Phước Hậu", "Xã Phước Hậu")


def test_the_divided_communes_of_the_two_provinces():
    """Seven of Cam Lâm and Phường Đông Hải of Phan Rang; Xã Trà Bùi of Trà Bồng."""
    parent = {u["unit_code"]: u["parent_unit_code"] for u in UNITS if u["valid_from"] == OLD}
    divided = [r["old_unit_code"] for r in SUCCESSION if r["relation_code"] == "split_default"]
    places = Counter(parent[code] for code in divided if parent[parent[code]] in ("51", "56", "58", "62"))
    assert places == {"570": 7, "582": 1, "525": 1}


def test_new_communes_that_span_districts():
    """Their old districts cannot be told from their totals."""
    parent = {u["unit_code"]: u["parent_unit_code"] for u in UNITS if u["valid_from"] == OLD}
    names = communes("51", NEW) | communes("56", NEW)
    districts = defaultdict(set)
    for row in SUCCESSION:
        if row["new_unit_code"] in names and len(row["old_unit_code"]) == 5:
            districts[row["new_unit_code"]].add(parent[row["old_unit_code"]])
    spanning = {names[code].split(" ", 1)[1] for code, found in districts.items() if len(found) > 1}
    assert {"Đô Vinh", "Ninh Chử", "Mỹ Sơn", "Ninh Hải", "Phước Dinh", "Đông Sơn"} <= spanning


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("22870", "22882", "22894"), "22870"),
        (("22873", "22879", "22912"), "22873"),
        (("22876", "22891"), "22891"),
        (("22888",), "22888"),
        (("22810", "22819"), "22810"),
        (("22813", "22816"), "22813"),
        (("22822",), "22822"),
        (("22825", "22828"), "22828"),
        (("22831",), "22738"),
    ],
)
def test_the_communes_of_ninh_phuoc_and_ninh_son(old, new):
    for code in old:
        rows = [(r["new_unit_code"], r["relation_code"]) for r in SUCCESSION if r["old_unit_code"] == code]
        assert rows == [(new, "full")]


# A country in small: two old provinces become one; each has a Phường 4, and one commune is really divided.
OLD_ROWS = [
    ("80", "Tỉnh A", "794", "Thành phố A", "27691", "Phường 4", "a", "tpa", "p4"),
    ("80", "Tỉnh A", "794", "Thành phố A", "27692", "Phường 5", "a", "tpa", "p5"),
    ("72", "Tỉnh B", "703", "Thành phố B", "25462", "Phường 4", "b", "tpb", "p4"),
    ("72", "Tỉnh B", "703", "Thành phố B", "25463", "Phường 6", "b", "tpb", "p6"),
    ("72", "Tỉnh B", "704", "Huyện Đảo", None, None, "b", "dao", None),
    ("72", "Tỉnh B", "703", "Thành phố B", "25464", "Xã C", "b", "tpb", "c"),
]
NEW_ROWS = [("80", "Tỉnh A", code, name, "a", key) for code, name, key in (
    ("27694", "Phường Long A", "longa"), ("25459", "Phường Tân B", "tanb"), ("25465", "Đặc khu Đảo", "dao"),
)]  # fmt: skip


@pytest.fixture
def package(tmp_path):
    with sqlite3.connect(tmp_path / "dataset.db") as connection:
        columns = "provinceCode, province, districtCode, district, wardCode, ward, provinceKey, districtKey, wardKey"
        connection.execute(f"create table admin_units_legacy ({columns})")
        connection.executemany("insert into admin_units_legacy values (?, ?, ?, ?, ?, ?, ?, ?, ?)", OLD_ROWS)
        connection.execute(
            "create table admin_units (provinceCode, province, wardCode, ward, provinceKey, wardKey)"
        )
        connection.executemany("insert into admin_units values (?, ?, ?, ?, ?, ?)", NEW_ROWS)

    def parts(default, other):
        return [
            {"newWardKey": other, "isDefaultNewWard": False},
            {"newWardKey": default, "isDefaultNewWard": True},
        ]

    converter = {
        "DICT_PROVINCE": {"a": ["a", "b"]},
        "DICT_PROVINCE_WARD_NO_DIVIDED": {
            "a": {"longa": ["a_tpa_p5"], "tanb": ["b_tpb_p6"], "dao": ["b_dao_"]}
        },
        "DICT_PROVINCE_WARD_DIVIDED": {
            "a": {
                "a_tpa_p4": parts("longa", "tanb"),
                "b_tpb_p4": parts("tanb", "longa"),
                "b_tpb_c": parts("tanb", "longa"),
            }
        },
    }
    (tmp_path / "converter.json").write_text(json.dumps(converter), encoding="utf-8")
    return tmp_path


def test_a_namesake_takes_no_part_and_a_real_division_stays(package, monkeypatch):
    monkeypatch.setattr(build, "LATER_CHANGES", ())
    rows = build.read_succession(package / "dataset.db", package / "converter.json")
    assert rows == [
        ("72", "80", "full", NEW),
        ("80", "80", "full", NEW),
        ("704", "25465", "full", NEW),
        ("25462", "25459", "full", NEW),
        ("25463", "25459", "full", NEW),
        ("25464", "25459", "split_default", NEW),
        ("25464", "27694", "split_other", NEW),
        ("27691", "27694", "full", NEW),
        ("27692", "27694", "full", NEW),
    ]


def test_a_later_change_closes_the_unit_and_opens_it_again(package, monkeypatch):
    monkeypatch.setattr(build, "LATER_CHANGES", (("80", "Thành phố A", "2026-04-29", "2026-04-30"),))
    rows = [row for row in build.read_units(package / "dataset.db") if row[0] == "80"]
    assert rows == [
        ("80", "Tỉnh A", "province", "", OLD, "2025-06-30"),
        ("80", "Tỉnh A", "province", "", NEW, "2026-04-29"),
        ("80", "Thành phố A", "province", "", "2026-04-30", ""),
    ]


def test_a_commune_the_package_says_nothing_about_stops_the_script(package):
    with sqlite3.connect(package / "dataset.db") as connection:
        connection.execute(
            "insert into admin_units_legacy select * from admin_units_legacy where wardCode = '25464'"
        )
        connection.execute("update admin_units_legacy set wardKey = 'd', wardCode = '25466' where rowid = 7")
    with pytest.raises(build.SourceError, match="25466"):
        build.read_succession(package / "dataset.db", package / "converter.json")
