"""The clerk's catalogue names every check once, in words a clerk reads."""

import re

from ingest.catalogue import rule_catalogue
from ingest.spec import common_rules, load_forms


def test_every_check_stands_in_it_once():
    listed = re.findall(r"^\| ([A-Z]+-\d+) \|", rule_catalogue(""), re.M)
    forms = load_forms().values()
    ids = [rule.id for form in forms for rule in (*form.rules, *form.cross_rules, *form.control_totals)]
    assert sorted(listed) == sorted([*ids, *(name for name in common_rules() if name != "control_total")])
    assert len(set(listed)) == len(listed)


def test_no_placeholder_is_left_and_each_is_said_in_vietnamese():
    page = rule_catalogue("")
    assert not set("{}") & set(page)
    # A word without a Vietnamese one would stand there as it is named in the YAML.
    placeholders = {
        word
        for rule in common_rules().values()
        for word in re.findall(r"{(\w+)}", rule.sentence + rule.action)
    }
    assert [word for word in sorted(placeholders) if f"«{word}»" in page] == []


def test_every_total_of_the_cover_is_compared_with_rows():
    cover = load_forms()["cover"]
    stated = {f.name for f in cover.fields if f.name.startswith("total_")}
    assert {total.field for total in cover.control_totals} == stated
