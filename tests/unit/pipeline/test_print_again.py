"""What is said of a released report that comes out otherwise when it is printed again."""

import pytest
from homes import settings_of

from pipeline import print_again, steps


@pytest.mark.parametrize(
    ("released_with", "other_figures", "said"),
    [
        ("a" * 40, True, "other figures. It was released with commit aaaa"),
        ("a" * 40, False, "the same figures in another form. It was released with commit aaaa"),
        ("b" * 40, False, "This is the version it was released with: tell the developers."),
    ],
)
def test_another_version_is_named_as_the_cause(tmp_path, monkeypatch, released_with, other_figures, said):
    found = print_again.PrintedAgain(
        "2024H2", [], {"a.docx": "0" * 64}, ["a.docx"], released_with, other_figures
    )
    monkeypatch.setattr(print_again, "print_release_again", lambda *_: found)
    monkeypatch.setenv("OCOP_COMMIT", "b" * 40)
    outcome = steps.report_again(settings_of(tmp_path / "home"), "2024H2", tmp_path)
    assert outcome.exit_code == 1
    assert "a.docx is not what was sealed in releases/2024H2" in outcome.summary
    assert said in outcome.summary
