"""The forms as Python objects, read from ``forms/*.yml``: the one source of template, reader, validator and dbt sources."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import yaml

from ingest.vietnamese import fold

FORMS_DIRECTORY = Path(__file__).resolve().parents[1] / "forms"
# Order of the sheets in the workbook.
FORM_NAMES = ("cover", "product", "rating", "funding", "target", "activity")
TABLE_FORM_NAMES = FORM_NAMES[1:]
# Sheets of our workbooks that are no form: the entries of the drop-downs, and the pages of a receipt.
LIST_SHEET = "Danh mục"
RECEIPT_SHEET = "Phản hồi"
FINDINGS_SHEET = "Lỗi và lưu ý"
CHANGES_SHEET = "Thay đổi so với lần trước"
ANSWER_SHEETS = (RECEIPT_SHEET, FINDINGS_SHEET, CHANGES_SHEET)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Field:
    """One column of a form (or one labelled cell of the cover)."""

    name: str
    headers: tuple[str, ...]
    type: str  # string | integer | number | date | boolean
    level: str  # key | expected | optional
    description: str
    codelist: str | None = None
    unit: str | None = None
    personal: bool = False
    counts: list[str] = field(default_factory=list)  # words that may be typed behind the number: "8 sản phẩm"
    unit_field: str | None = None  # field of the row that holds the unit of the number
    range_pair: str | None = None  # field that holds the upper end when this one holds the lower
    constraints: dict = field(default_factory=dict)
    default: object = None  # what stands for the column in a version that has none
    is_joined: bool = False  # holds several fields: the groups of its pattern are named after them

    @property
    def title(self) -> str:
        """The header that is printed; the name where a version had no such column."""
        return self.headers[0] if self.headers else self.name

    @property
    def sql_type(self) -> str:
        """DuckDB type of the column in raw; money and scores are decimals, never floats."""
        return {
            "string": "varchar",
            "integer": "integer",
            "number": "decimal(18, 3)",
            "date": "date",
            "boolean": "boolean",
        }[self.type]


@dataclass(frozen=True)
class Rule:
    """A row rule: where ``when`` holds, ``then`` must hold (SQL booleans over the row and the columns of ``filing``).

    ``expected`` (the value that would be right), ``difference`` and ``amount`` (million đồng at stake) are SQL
    expressions over the same, for the rules that have one.
    """

    id: str
    when: str
    then: str
    field: str
    severity: str
    sentence: str
    action: str
    family: str = "row_rule"
    expected: str | None = None
    difference: str | None = None
    amount: str | None = None


@dataclass(frozen=True)
class CrossRule:
    """A rule over several rows or sheets: ``sql`` selects the rows of its form that break it.

    It selects ``_row_number``, the words of the sentence and, where there is one, ``expected``, ``difference`` and
    ``amount``. Tables: the forms, each with ``<name>_key`` (match_key) and ``<name>_fold`` (fold) of its names, and
    ``filing`` (one row). ``whole`` lists the columns (form.field) the rule is silent without: of a sheet that is not
    filled, or holds a fault there, nobody can say that something is missing from it. ``needs`` lists the columns the rule
    speaks about: where one is empty throughout, there is nothing to find and the rule is not run.
    """

    id: str
    sql: str
    field: str
    severity: str
    family: str  # conflict | unknown | spelling
    sentence: str
    action: str
    whole: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ControlTotal:
    """A total stated on the cover and the SQL aggregate over a form's rows it is compared with."""

    id: str
    field: str
    form: str
    value: str


@dataclass(frozen=True)
class Form:
    """One sheet of the workbook."""

    name: str
    version: str
    sheet: str
    title: str
    kind: str  # cover | stock | flow | plan
    grain: str
    fields: tuple[Field, ...]
    unique_key: tuple[str, ...] = ()
    duplicate_rule: str = "ROW-01"
    rules: tuple[Rule, ...] = ()
    cross_tables: dict[str, str] = field(default_factory=dict)  # name -> SQL that several cross rules read
    cross_rules: tuple[CrossRule, ...] = ()
    control_totals: tuple[ControlTotal, ...] = ()

    @cached_property
    def number_fields(self) -> tuple[Field, ...]:
        """The fields that hold a number."""
        return tuple(known for known in self.fields if known.type in ("integer", "number"))

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when the form has none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(f"Form {self.name} has no field {name}.")


@dataclass(frozen=True)
class Version:
    """A version of the workbook that is taken, and its forms as they stood then.

    ``closed_on`` is the last cut-off it is taken for; None while it is open.
    """

    code: str
    forms: dict[str, Form]
    closed_on: date | None = None

    def is_open_for(self, cut_off_on: date) -> bool:
        """Whether a workbook of a period with that cut-off may come in this version."""
        return self.closed_on is None or cut_off_on <= self.closed_on


@dataclass(frozen=True)
class ListTable:
    """Rows of a form that rows of a foreign list become: SQL over the list's columns.

    Of the rows that fulfil ``where`` those outside ``within`` belong to another period and are named, not taken.
    """

    form: str
    label: str
    where: str
    select: dict[str, str]  # field of the form -> expression
    within: str = "true"


@dataclass(frozen=True)
class ListLayout:
    """A foreign list of many units: its columns as a form, and what its rows become.

    ``words`` are what offices write for a value, by column; ``unit_by`` the column of communes that says whose a row is;
    a row without ``group_title_without`` is a title between the rows.
    """

    form: Form
    tables: tuple[ListTable, ...]
    words: dict[str, dict[str, object]]
    unit_by: str
    group_title_without: tuple[str, ...]


@dataclass(frozen=True)
class CommonRule:
    """A rule that holds for every form: sentence and action with placeholders."""

    id: str
    severity: str
    family: str
    sentence: str
    action: str


@cache
def load_forms() -> dict[str, Form]:
    """All forms by name, in the order of the sheets."""
    forms = {}
    for name in FORM_NAMES:
        raw = yaml.load((FORMS_DIRECTORY / f"{name}.yml").read_text(encoding="utf-8"), Loader=_LOADER)
        forms[name] = Form(
            name=raw["form"],
            version=raw["form_version"],
            sheet=raw["sheet"],
            title=raw["title"],
            kind=raw["kind"],
            grain=raw["grain"],
            fields=tuple(
                Field(**{**f, "headers": tuple(f["headers"])})  # unknown words in the YAML fail here by name
                for f in raw["fields"]
            ),
            unique_key=tuple(raw.get("unique_key", ())),
            duplicate_rule=raw.get("duplicate_rule", "ROW-01"),
            rules=tuple(Rule(**r) for r in raw.get("rules", ())),
            cross_tables=raw.get("cross_tables", {}),
            cross_rules=tuple(
                CrossRule(**{**r, "whole": tuple(r.get("whole", ())), "needs": tuple(r.get("needs", ()))})
                for r in raw.get("cross_rules", ())
            ),
            control_totals=tuple(ControlTotal(**c) for c in raw.get("control_totals", ())),
        )
    return forms


def form_version() -> str:
    """Version of the workbook layout that templates are written in, as it stands on their cover."""
    return load_forms()["cover"].version


@cache
def load_versions(directory: Path = FORMS_DIRECTORY / "layouts") -> dict[str, Version]:
    """Every version of the workbook by code: today's, and one for each ``version-*.yml`` of the directory, newest first."""
    versions = {form_version(): Version(form_version(), load_forms())}
    for path in sorted(directory.glob("version-*.yml"), reverse=True):
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        code = raw.pop("form_version")
        forms = dict(load_forms())
        for name, changes in raw.pop("forms", {}).items():
            forms[name] = _as_it_stood(forms[name], code, **changes)
        versions[code] = Version(code, forms, **raw)
    return versions


def find_version(written: object) -> Version | None:
    """The version a cover names; a cell of numbers gives 1.0 or, in Vietnamese, "1,0"."""
    return load_versions().get(str(written).replace(",", "."))


def _as_it_stood(
    form: Form,
    version: str,
    sheet: str | None = None,
    headers: dict[str, list[str]] | None = None,
    absent: dict[str, object] | None = None,
    joined: list[dict] | None = None,
) -> Form:
    """A form of today with the sheet name, titles, missing columns (and what stands for them) and joined columns of then."""
    absent, headers = absent or {}, headers or {}
    for name in (*absent, *headers):
        form.field(name)  # a misspelt name in the YAML fails here
    fields = tuple(
        replace(f, headers=(), default=absent[f.name])
        if f.name in absent
        else replace(f, headers=tuple(headers.get(f.name, f.headers)))
        for f in form.fields
    )
    columns = tuple(
        Field(
            c["name"],
            tuple(c["headers"]),
            "string",
            "optional",
            "",
            constraints={"pattern": c["pattern"]},
            is_joined=True,
        )
        for c in joined or ()
    )
    return replace(form, version=version, sheet=sheet or form.sheet, fields=fields + columns)


# Between a title and the one above it, in the header of a list with several rounds side by side.
UNDER = " / "


@cache
def list_names() -> tuple[str, ...]:
    """The foreign lists that have a layout entry."""
    stems = (path.stem for path in (FORMS_DIRECTORY / "layouts").glob("*.yml"))
    return tuple(sorted(stem for stem in stems if not stem.startswith("version-")))


@cache
def load_list(name: str) -> ListLayout:
    """The foreign list ``layouts/<name>.yml``."""
    path = FORMS_DIRECTORY / "layouts" / f"{name}.yml"
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    form = Form(
        name=raw["list"],
        version=raw["list"],
        sheet=raw["title"],
        title=raw["title"],
        kind="list",
        grain="One row per row of the list",
        fields=tuple(_list_column(**c) for c in raw["columns"]),
        unique_key=tuple(raw["unique_key"]),
        rules=tuple(Rule(**r) for r in raw["rules"]),
    )
    return ListLayout(
        form=form,
        tables=tuple(ListTable(**t) for t in raw["tables"]),
        words={
            c["name"]: {fold(k): v for k, v in c["words"].items()} for c in raw["columns"] if "words" in c
        },
        unit_by=raw["unit_by"],
        group_title_without=tuple(raw["group_title_without"]),
    )


def _list_column(
    name: str, like: str, headers: list[str], under: list[str] | None = None, words: dict | None = None
) -> Field:
    """A column of a list: type, list and limits of the field it is like. Whether it may be empty the forms decide."""
    form_name, _, field_name = like.partition(".")
    titles = [f"{above}{UNDER}{title}" for above in under for title in headers] if under else headers
    known = load_forms()[form_name].field(field_name)
    return replace(known, name=name, headers=tuple(titles), level="optional")


@cache
def common_rules() -> dict[str, CommonRule]:
    """The rules of every form by id; the control-total sentence stands under ``control_total``."""
    raw = yaml.load((FORMS_DIRECTORY / "common_rules.yml").read_text(encoding="utf-8"), Loader=_LOADER)
    rules = {rule["id"]: CommonRule(**rule) for rule in raw["rules"]}
    rules["control_total"] = CommonRule(id="control_total", **raw["control_total"])
    return rules
