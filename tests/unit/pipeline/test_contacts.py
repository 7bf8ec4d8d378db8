"""The table of contacts is taken whole or not at all, and nobody else may read it."""

import stat

import pytest
from homes import settings_of

from pipeline.contacts import Contact, read_contacts, take_contacts
from pipeline.outcome import StepError


def table(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "nguoi-lien-he.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_units_of_both_eras_as_excel_saves_the_table(tmp_path):
    settings = settings_of(tmp_path / "home")
    file = table(
        tmp_path,
        "unit_code;name;email\n587;Nguyễn Thị Đào;dao@ninhphuoc.vn\n22420;Lê Văn Bé;be@xa.vn\n",
        "utf-8-sig",
    )

    take_contacts(settings, file)

    assert read_contacts(settings) == [
        Contact("587", "Nguyễn Thị Đào", "dao@ninhphuoc.vn"),
        Contact("22420", "Lê Văn Bé", "be@xa.vn"),
    ]
    assert stat.S_IMODE(settings.contacts.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.contacts.parent.stat().st_mode) == 0o700


def test_every_wrong_line_is_named_and_the_old_table_stays(tmp_path):
    settings = settings_of(tmp_path / "home")
    take_contacts(settings, table(tmp_path, "unit_code,name,email\n587,A,a@a.vn\n"))
    lines = "unit_code,name,email\n999,A,secret@a.vn\n587,B,private.at.b.vn\n585,C,c@c.vn\n585,C,C@c.vn\n"

    with pytest.raises(StepError) as told:
        take_contacts(settings, table(tmp_path, lines))

    assert "line 2: 999 is no unit" in str(told.value)
    assert "line 3: the address of 587" in str(told.value)
    assert "line 5: the address stands twice for 585" in str(told.value)
    assert "secret" not in str(told.value)
    assert "private" not in str(told.value)
    assert [c.unit_code for c in read_contacts(settings)] == ["587"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"unit,mail\n", "no column unit_code, name, email"),
        ("unit_code,name,email\n587,Đ,a@a.vn".encode("cp1258"), "CSV UTF-8"),
    ],
)
def test_a_table_of_another_shape_is_refused_with_what_to_do(tmp_path, content, said):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(StepError, match=said):
        take_contacts(settings_of(tmp_path / "home"), file)
