"""Write ``ref_unit.csv`` and ``ref_unit_succession.csv``: all units of the country before and since 1/7/2025.

Source: the PyPI package vietnamadminunits 1.0.4 (MIT, see LICENSE-vietnamadminunits), its ``data/dataset.db`` and
``data/converter_2025.json``. It is read once from an unpacked copy and is no dependency; see README.md beside this file.

    python -m units.build FOLDER_OF_THE_UNPACKED_PACKAGE
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[1] / "dbt_project" / "seeds"
UNIT_COLUMNS = ("unit_code", "unit_name", "unit_level_code", "parent_unit_code", "valid_from", "valid_to")
SUCCESSION_COLUMNS = ("old_unit_code", "new_unit_code", "relation_code", "succeeded_on")
OLD_FROM, OLD_TO, NEW_FROM = "2004-07-08", "2025-06-30", "2025-07-01"  # QĐ 124/2004, QĐ 19/2025/QĐ-TTg

# Parts that the conversion table of the statistics office names and the package does not: with them the commune is
# divided, without them it would be given whole, or among too few. Old commune -> further new communes.
MISSING_PARTS = {
    "00553": ("00562",),  # Xã Cổ Bi -> Xã Thuận An
    "09013": ("09817",),  # Xã Văn Khê -> Xã Ô Diên
    "01615": ("01648",),  # Xã Hồng Quang -> Xã Phục Hòa
    "02485": ("02494",),  # Xã Công Đa -> Xã Thái Bình
}

# What changed after the reform, as (unit that ends, what it becomes, first day). NQ 30/2026/QH16: Đồng Nai is a city
# from 30/4/2026. The ten xã that became phường that day (237/NQ-UBTVQH16) are in no source at hand.
LATER_CHANGES = (("75", "Thành phố Đồng Nai", "2026-04-29", "2026-04-30"),)


@dataclass(frozen=True)
class OldCommune:
    """A commune of the old map, or a district without communes (five islands), which stands for one."""

    code: str
    name_key: str
    district: str
    province: str
    new_province_key: str


class SourceError(Exception):
    """The package is not the one this script knows; the message says what is missing."""


def read_units(database: Path) -> list[tuple[str, ...]]:
    """All units as rows of ``ref_unit.csv``, provinces before districts before communes within an era."""
    old = _query(database, "select * from admin_units_legacy")
    new = _query(database, "select * from admin_units")
    rows = {}
    for row in old:
        province, district = row["provinceCode"], row["districtCode"]
        rows[province, OLD_FROM] = (province, row["province"], "province", "", OLD_FROM, OLD_TO)
        rows[district, OLD_FROM] = (district, row["district"], "district", province, OLD_FROM, OLD_TO)
        if row["wardCode"]:
            rows[row["wardCode"], OLD_FROM] = (
                row["wardCode"],
                row["ward"],
                "commune",
                district,
                OLD_FROM,
                OLD_TO,
            )
    for row in new:
        province, commune = row["provinceCode"], row["wardCode"]
        rows[province, NEW_FROM] = (province, row["province"], "province", "", NEW_FROM, "")
        rows[commune, NEW_FROM] = (commune, row["ward"], "commune", province, NEW_FROM, "")
    for code, name, last_day, first_day in LATER_CHANGES:
        before = rows[code, NEW_FROM]
        rows[code, NEW_FROM] = (*before[:5], last_day)
        rows[code, first_day] = (code, name, before[2], before[3], first_day, "")
    return sorted(rows.values(), key=lambda row: (row[4], len(row[0]), row[0]))


def read_succession(database: Path, converter: Path) -> list[tuple[str, ...]]:
    """Who took over what, as rows of ``ref_unit_succession.csv``: provinces, then communes, each by its old code."""
    names = json.loads(converter.read_text(encoding="utf-8"))
    old = _query(database, "select * from admin_units_legacy")
    new = _query(database, "select * from admin_units")
    old_province = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_province = {row["provinceKey"]: row["provinceCode"] for row in new}
    new_province_of = {
        old_key: new_key for new_key, old_keys in names["DICT_PROVINCE"].items() for old_key in old_keys
    }
    communes = {
        f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}": OldCommune(
            row["wardCode"] or row["districtCode"],
            row["wardKey"] or "",
            row["districtCode"],
            row["provinceCode"],
            new_province_of[row["provinceKey"]],
        )
        for row in old
    }
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}

    whole: dict[OldCommune, list[str]] = {}
    for province_key, taken_over in names["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new_key, old_keys in taken_over.items():
            whole |= {communes[key]: [new_code[province_key, new_key]] for key in old_keys}
    divided: dict[OldCommune, list[str]] = {}  # the default first
    for province_key, split in names["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old_key, parts in split.items():
            ordered = sorted(parts, key=lambda part: not part["isDefaultNewWard"])
            divided[communes[old_key]] = [new_code[province_key, part["newWardKey"]] for part in ordered]
    if missing := set(communes.values()) - whole.keys() - divided.keys():
        raise SourceError(f"No successor is named for {sorted(c.code for c in missing)}.")

    parts_of = whole | divided | without_namesakes(whole, divided)
    provinces = [
        (old_province[old_key], new_province[new_key], "full", NEW_FROM)
        for old_key, new_key in new_province_of.items()
    ]
    rows = []
    for commune, parts in parts_of.items():
        parts = [*parts, *MISSING_PARTS.get(commune.code, ())]
        relations = ["full"] if len(parts) == 1 else ["split_default"] + ["split_other"] * (len(parts) - 1)
        rows += [
            (commune.code, part, relation, NEW_FROM) for part, relation in zip(parts, relations, strict=True)
        ]
    rows += [(code, code, "full", first_day) for code, _, _, first_day in LATER_CHANGES]
    return sorted(provinces + rows, key=lambda row: (row[3], len(row[0]), row[0], row[2], row[1]))


def without_namesakes(
    whole: dict[OldCommune, list[str]], divided: dict[OldCommune, list[str]]
) -> dict[OldCommune, list[str]]:
    """Successors of the divided communes without those that belong to a namesake.

    The package pairs names, so two old communes of one name in one new province (Phường 4 of Tân An and of Tây Ninh) are
    each given the successors of both. A new commune that took in nothing else from a commune's own old province (from
    its own district when the namesake is of the same province) is the namesake's.
    """
    took_in = defaultdict(set)
    for commune, (part,) in whole.items():
        took_in[part] |= {commune.province, commune.district}
    bearers = defaultdict(list)
    for commune, parts in (whole | divided).items():
        bearers[commune.new_province_key, commune.name_key].append((commune, set(parts)))
    cleaned = {}
    for commune, parts in divided.items():
        namesakes = [
            other
            for other, others in bearers[commune.new_province_key, commune.name_key]
            if other is not commune and others & set(parts)
        ]
        if not namesakes:
            continue
        is_near = any(other.province == commune.province for other in namesakes)
        home = commune.district if is_near else commune.province
        own = [part for part in parts if home in took_in[part]]
        cleaned[commune] = own or parts
    return cleaned


def _query(database: Path, sql: str) -> list[sqlite3.Row]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    """Write both seeds from the folder given."""
    data = Path(sys.argv[1]) / "vietnamadminunits" / "data"
    database, converter = data / "dataset.db", data / "converter_2025.json"
    _write(SEEDS / "ref_unit.csv", UNIT_COLUMNS, read_units(database))
    _write(SEEDS / "ref_unit_succession.csv", SUCCESSION_COLUMNS, read_succession(database, converter))


if __name__ == "__main__":
    main()
