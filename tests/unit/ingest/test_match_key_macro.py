"""The dbt macro and the Python function give one name one key: both come from one table."""

import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.generate import generated_files
from ingest.vietnamese import TONE_PLACEMENT, match_key

LETTERS = st.sampled_from(
    "aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢÃÁẠ HOÀhoàThuỷquýUỵ\u0300\u0301\u0309\u0303\u0323\u00a0\u200b"
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def macro_expression() -> str:
    text = next(c for path, c in generated_files().items() if path.name == "match_key.sql")
    body = re.search(r"macro match_key\(text\) -%}\s*(.*?)\s*{%- endmacro", text, re.S)[1]
    return body.replace("{{ text }}", "$1")


@given(text=st.one_of(st.text(LETTERS, max_size=20), st.sampled_from(sorted(TONE_PLACEMENT))))
def test_both_give_the_same_key(connection, text):
    (key,) = connection.execute(f"select {macro_expression()}", [text]).fetchone()
    assert key == match_key(text)
